-- What the server offers at a place, asked for by what it is about instead of by its title.
local clients = require('glossator.clients')
local M = {}

M.REWRITE = 'refactor.rewrite.glossator'

---@class glossator.Wish
---@field scopes string[] what it may be about, the best first: symbol, members, repair
---@field kind string the kind of code actions that it is among
---@field is_by_model? boolean

--- What an action is about; it stands in its data, or in its command's argument.
---@param action lsp.CodeAction
---@return table
local function about(action)
  return action.data or vim.tbl_get(action, 'command', 'arguments', 1) or {}
end

---@param offered lsp.CodeAction[]
---@param wish glossator.Wish
---@return lsp.CodeAction?
local function chosen(offered, wish)
  for _, scope in ipairs(wish.scopes) do
    for _, action in ipairs(offered) do
      if about(action).scope == scope and (about(action).model ~= nil) == (wish.is_by_model == true) then
        return action
      end
    end
  end
end

--- Find the action at the cursor of a buffer that fits a wish; nil where there is none.
---@param client vim.lsp.Client
---@param bufnr integer
---@param wish glossator.Wish
---@param found fun(action: lsp.CodeAction?)
function M.find(client, bufnr, wish, found)
  local params = vim.lsp.util.make_range_params(0, client.offset_encoding)
  ---@cast params lsp.CodeActionParams
  params.context = { diagnostics = {}, only = { wish.kind }, triggerKind = 1 }
  local asked = { method = 'textDocument/codeAction', params = params, bufnr = bufnr }
  clients.ask(client, asked, function(offered)
    found(chosen(offered or {}, wish))
  end)
end

--- The edit of an action, as of now; refused by the server where the code has changed since it was listed.
---@param client vim.lsp.Client
---@param bufnr integer
---@param action lsp.CodeAction
---@param found fun(edit: lsp.WorkspaceEdit)
function M.resolve(client, bufnr, action, found)
  clients.ask(client, { method = 'codeAction/resolve', params = action, bufnr = bufnr }, function(resolved)
    found(resolved.edit or {})
  end)
end

--- The name of the symbol that an action is about, or its title.
---@param action lsp.CodeAction
---@return string
function M.subject(action)
  local path = about(action).path
  return path and path ~= '<module>' and path or action.title
end

return M
