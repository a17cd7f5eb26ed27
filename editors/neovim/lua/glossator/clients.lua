-- The running server of a buffer, and what is said to the user.
local M = {}

M.NAME = 'glossator'

---@param text string
---@param level? integer
function M.say(text, level)
  vim.notify('Glossator: ' .. text, level or vim.log.levels.INFO)
end

---@param text string
function M.warn(text)
  M.say(text, vim.log.levels.WARN)
end

--- The client that serves a buffer, or any one where the buffer has none and `is_any`; nil, said to the user, without.
---@param bufnr? integer
---@param is_any? boolean
---@return vim.lsp.Client?
function M.of(bufnr, is_any)
  local found = vim.lsp.get_clients({ name = M.NAME, bufnr = bufnr or vim.api.nvim_get_current_buf() })[1]
  if not found and is_any then
    found = vim.lsp.get_clients({ name = M.NAME })[1]
  end
  if not found then
    M.warn('no server is attached to this buffer; see :checkhealth glossator')
  end
  return found
end

--- Ask, and hear the answer; an error is said to the user and `failed` is called.
---@param client vim.lsp.Client
---@param asked { method: string, params: table, bufnr?: integer } the buffer's last changes are told first; default: the current one
---@param answered fun(result: any)
---@param failed? fun(err: table)
---@return integer? id
function M.ask(client, asked, answered, failed)
  local _, id = client:request(asked.method, asked.params, function(err, result)
    if err then
      M.warn(err.message)
      return failed and failed(err)
    end
    answered(result)
  end, asked.bufnr or vim.api.nvim_get_current_buf())
  return id
end

return M
