-- The docstring as ghost text while you type, from `textDocument/inlineCompletion`; off until it is wanted.
local clients = require('glossator.clients')
local M = {}

local METHOD = 'textDocument/inlineCompletion'
local PAUSE_MS = 60 -- while keys come faster than this, nothing is asked
local AUTOMATIC = 1
local space = vim.api.nvim_create_namespace('glossator.ghost')
local group ---@type integer?
local timer = assert(vim.uv.new_timer())
---@type { bufnr: integer, row: integer, col: integer, item: table, encoding: string, text: string }?
local shown
local asked = 0 -- counts questions: an answer to an older one is not shown

vim.api.nvim_set_hl(0, 'GlossatorGhost', { link = 'NonText', default = true })

--- Take the ghost text away.
function M.clear()
  asked = asked + 1
  timer:stop()
  if shown and vim.api.nvim_buf_is_valid(shown.bufnr) then
    vim.api.nvim_buf_clear_namespace(shown.bufnr, space, 0, -1)
  end
  shown = nil
end

---@param item table
---@return string
local function text_of(item)
  return type(item.insertText) == 'table' and item.insertText.value or item.insertText
end

--- What of the text is not there yet: its range may begin before the cursor.
---@param bufnr integer
---@param item table
---@param cursor { row: integer, col: integer, encoding: string }
---@return string? rest nil where it cannot be shown at the cursor
local function rest_of(bufnr, item, cursor)
  local text = text_of(item)
  if not item.range then
    return text
  end
  local line = vim.api.nvim_buf_get_lines(bufnr, cursor.row, cursor.row + 1, false)[1] or ''
  local start = item.range.start
  if start.line ~= cursor.row or item.range['end'].line ~= cursor.row then
    return nil
  end
  local typed = line:sub(vim.str_byteindex(line, cursor.encoding, start.character, false) + 1, cursor.col)
  return vim.startswith(text, typed) and text:sub(#typed + 1) or nil
end

---@param bufnr integer
---@param encoding string
---@param item table
local function show(bufnr, encoding, item)
  local row, col = unpack(vim.api.nvim_win_get_cursor(0))
  row = row - 1
  local rest = rest_of(bufnr, item, { row = row, col = col, encoding = encoding })
  if not rest or rest == '' then
    return
  end
  shown = { bufnr = bufnr, row = row, col = col, item = item, encoding = encoding, text = rest }
  local lines = vim.split(rest, '\n', { plain = true })
  local below = {}
  for number = 2, #lines do
    below[#below + 1] = { { lines[number], 'GlossatorGhost' } }
  end
  vim.api.nvim_buf_set_extmark(bufnr, space, row, col, {
    virt_text = { { lines[1], 'GlossatorGhost' } }, virt_text_pos = 'inline', virt_lines = below,
  })
end

---@param bufnr integer
local function ask(bufnr)
  local client = vim.lsp.get_clients({ name = clients.NAME, bufnr = bufnr, method = METHOD })[1]
  if not client or vim.api.nvim_get_current_buf() ~= bufnr or not vim.startswith(vim.api.nvim_get_mode().mode, 'i') then
    return
  end
  asked = asked + 1
  local number = asked
  local params = vim.lsp.util.make_position_params(0, client.offset_encoding) --[[@as table]]
  params.context = { triggerKind = AUTOMATIC }
  client:request(METHOD, params, function(err, result, context)
    local is_old = number ~= asked or context.version ~= vim.lsp.util.buf_versions[bufnr]
    if err or is_old or not vim.startswith(vim.api.nvim_get_mode().mode, 'i') then
      return
    end
    local items = result and (result.items or result) or {}
    if items[1] then
      show(bufnr, client.offset_encoding, items[1])
    end
  end, bufnr)
end

---@param bufnr integer
local function ask_soon(bufnr)
  M.clear()
  if #vim.lsp.get_clients({ name = clients.NAME, bufnr = bufnr, method = METHOD }) > 0 then
    timer:start(PAUSE_MS, 0, vim.schedule_wrap(function()
      ask(bufnr)
    end))
  end
end

--- Show ghost text from now on, or no more.
---@param is_wanted boolean
function M.enable(is_wanted)
  M.clear()
  if group then
    vim.api.nvim_del_augroup_by_id(group)
    group = nil
  end
  if not is_wanted then
    return
  end
  group = vim.api.nvim_create_augroup('glossator.ghost', {})
  vim.api.nvim_create_autocmd({ 'TextChangedI', 'InsertEnter' }, {
    group = group,
    callback = function(event)
      ask_soon(event.buf)
    end,
  })
  vim.api.nvim_create_autocmd('CursorMovedI', {
    group = group,
    callback = function()
      local row, col = unpack(vim.api.nvim_win_get_cursor(0))
      if shown and (shown.row ~= row - 1 or shown.col ~= col) then
        M.clear()
      end
    end,
  })
  vim.api.nvim_create_autocmd({ 'InsertLeave', 'BufLeave' }, { group = group, callback = M.clear })
end

---@return boolean
function M.is_enabled() return group ~= nil end

--- The text that is shown; nil for none.
---@return string?
function M.text() return shown and shown.text end

--- Insert it, as one step of undo, and go to its end.
---@param one table
local function insert(one)
  local row, col = unpack(vim.api.nvim_win_get_cursor(0))
  if vim.api.nvim_get_current_buf() ~= one.bufnr or row - 1 ~= one.row or col ~= one.col then
    return
  end
  require('glossator.edits').end_undo_step({ one.bufnr })
  local item = one.item
  if type(item.insertText) == 'table' and item.insertText.kind == 'snippet' then
    if item.range then
      vim.api.nvim_buf_set_text(one.bufnr, row - 1, vim.str_byteindex(
        vim.api.nvim_get_current_line(), one.encoding, item.range.start.character, false), row - 1, col, {})
    end
    return vim.snippet.expand(text_of(item))
  end
  local lines = vim.split(one.text, '\n', { plain = true })
  local after = col
  if item.range then -- what closes the quotes, say, may stand behind the cursor
    after = vim.str_byteindex(vim.api.nvim_get_current_line(), one.encoding, item.range['end'].character, false)
  end
  vim.api.nvim_buf_set_text(one.bufnr, row - 1, col, row - 1, math.max(col, after), lines)
  local last = #lines == 1 and col + #lines[1] or #lines[#lines]
  vim.api.nvim_win_set_cursor(0, { row - 1 + #lines, last })
  require('glossator.edits').end_undo_step({ one.bufnr })
end

--- Insert the ghost text; false where there is none.
---@return boolean
function M.accept()
  local one = shown
  M.clear()
  if not one then
    return false
  end
  -- Not at once: an expression mapping may not change the text.
  vim.schedule(function()
    insert(one)
  end)
  return true
end

return M
