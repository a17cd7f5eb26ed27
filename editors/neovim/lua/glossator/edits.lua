-- Edits of the server: applied to the version of the text that they were made for, each as one step of undo.
local clients = require('glossator.clients')
local M = {}

M.CHANGED = 'the text changed meanwhile'

--- The edits by document, whichever of the two forms they came in.
---@param edit lsp.WorkspaceEdit
---@return { uri: string, version?: integer, edits: lsp.TextEdit[] }[]
function M.by_document(edit)
  local found = {}
  for _, one in ipairs(edit.documentChanges or {}) do
    if one.textDocument then
      found[#found + 1] = { uri = one.textDocument.uri, version = one.textDocument.version, edits = one.edits }
    end
  end
  for uri, edits in pairs(edit.changes or {}) do
    found[#found + 1] = { uri = uri, edits = edits }
  end
  return found
end

--- The buffer of a uri, where it is loaded.
---@param uri string
---@return integer?
local function loaded(uri)
  local bufnr = vim.fn.bufnr(vim.uri_to_fname(uri))
  return bufnr > 0 and vim.api.nvim_buf_is_loaded(bufnr) and bufnr or nil
end

---@param edit lsp.WorkspaceEdit
---@return boolean
local function is_current(edit)
  for _, one in ipairs(M.by_document(edit)) do
    local bufnr = loaded(one.uri)
    if bufnr and one.version and vim.lsp.util.buf_versions[bufnr] ~= one.version then
      return false
    end
  end
  return true
end

--- Let what is changed next in these buffers be a step of undo of its own; setting the option does that.
---@param buffers integer[]
function M.end_undo_step(buffers)
  for _, bufnr in ipairs(buffers) do
    vim.bo[bufnr].undolevels = vim.bo[bufnr].undolevels
  end
end

--- Apply an edit, unless the text is another one by now.
---@param client vim.lsp.Client
---@param edit lsp.WorkspaceEdit
---@return boolean applied
---@return string? reason
function M.apply(client, edit)
  if not is_current(edit) then
    return false, M.CHANGED
  end
  local buffers = {}
  for _, one in ipairs(M.by_document(edit)) do
    local bufnr = loaded(one.uri)
    if bufnr and not vim.bo[bufnr].modifiable then
      return false, 'the buffer cannot be changed'
    end
    buffers[#buffers + 1] = bufnr
  end
  -- What is typed before and after are other steps of undo, also in Insert mode.
  M.end_undo_step(buffers)
  local is_done, reason = pcall(vim.lsp.util.apply_workspace_edit, edit, client.offset_encoding)
  M.end_undo_step(buffers)
  return is_done, not is_done and tostring(reason) or nil
end

--- Have the server know what was typed last: it is told together with the next request.
---@param client vim.lsp.Client
---@param edit lsp.WorkspaceEdit
local function tell_changes(client, edit)
  for _, one in ipairs(M.by_document(edit)) do
    local bufnr = loaded(one.uri)
    if bufnr and client.attached_buffers[bufnr] then
      local place = { textDocument = { uri = one.uri }, position = { line = 0, character = 0 } }
      client:request('textDocument/hover', place, function() end, bufnr)
    end
  end
end

--- `workspace/applyEdit`. Waits where a preview is looked at first; the server fits what is refused as outdated anew.
---@param params lsp.ApplyWorkspaceEditParams
---@param ctx lsp.HandlerContext
---@return lsp.ApplyWorkspaceEditResult
function M.handle(_, params, ctx)
  local client = assert(vim.lsp.get_client_by_id(ctx.client_id))
  for _, one in ipairs(M.by_document(params.edit)) do
    if not require('glossator.runs').is_wanted(client.id, one.uri) then
      return { applied = false, failureReason = 'not wanted' }
    end
  end
  local is_done, reason = M.apply(client, params.edit)
  if reason == M.CHANGED then
    tell_changes(client, params.edit)
  end
  return { applied = is_done, failureReason = reason }
end

--- The lines of a buffer as they would be with edits.
---@param bufnr integer
---@param edits lsp.TextEdit[]
---@param encoding string
---@return string[]
function M.edited_lines(bufnr, edits, encoding)
  local scratch = vim.api.nvim_create_buf(false, true)
  vim.api.nvim_buf_set_lines(scratch, 0, -1, false, vim.api.nvim_buf_get_lines(bufnr, 0, -1, false))
  vim.lsp.util.apply_text_edits(vim.deepcopy(edits), scratch, encoding)
  local lines = vim.api.nvim_buf_get_lines(scratch, 0, -1, false)
  vim.api.nvim_buf_delete(scratch, { force = true })
  return lines
end

--- What edits change in a buffer, as a unified diff.
---@param bufnr integer
---@param edits lsp.TextEdit[]
---@param encoding string
---@return string[]
function M.diff(bufnr, edits, encoding)
  local function joined(lines)
    return table.concat(lines, '\n') .. '\n'
  end
  local before = joined(vim.api.nvim_buf_get_lines(bufnr, 0, -1, false))
  local text = vim.diff(before, joined(M.edited_lines(bufnr, edits, encoding)), { ctxlen = 3 })
  return vim.split(vim.trim(text --[[@as string]]), '\n', { plain = true })
end

--- Say why an edit was not applied, if it was not.
---@param client vim.lsp.Client
---@param edit lsp.WorkspaceEdit
function M.apply_or_say(client, edit)
  local is_done, reason = M.apply(client, edit)
  if not is_done then
    clients.warn(reason .. '; ask again')
  end
end

return M
