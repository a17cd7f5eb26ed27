-- A floating window with a text that may grow; q and <Esc> close it, <CR> accepts it.
local M = {}

---@class glossator.Float
---@field bufnr integer
---@field window integer
local Float = {}
Float.__index = Float

---@class glossator.FloatOptions
---@field title string
---@field footer? string
---@field filetype? string
---@field is_entered? boolean default: true
---@field accepted? fun() on <CR>
---@field closed? fun() when it is gone, whoever closed it

---@param lines string[]
---@param options glossator.FloatOptions
---@return { width: integer, height: integer }
local function size_of(lines, options)
  local around = math.max(vim.fn.strdisplaywidth(options.title), vim.fn.strdisplaywidth(options.footer or ''))
  local width = around + 2
  for _, line in ipairs(lines) do
    width = math.max(width, vim.fn.strdisplaywidth(line))
  end
  return {
    width = math.max(1, math.min(width + 1, 100, vim.o.columns - 4)),
    height = math.max(1, math.min(#lines, 30, vim.o.lines - 6)),
  }
end

--- What a line is called, cut to the width of the window.
local function cut(text, width)
  return vim.fn.strdisplaywidth(text) > width and vim.fn.strcharpart(text, 0, width - 1) .. '…' or text
end

---@param options glossator.FloatOptions
---@param lines string[]
---@return glossator.Float
function M.open(options, lines)
  local self = setmetatable({ options = options, from = vim.api.nvim_get_current_win() }, Float)
  self.bufnr = vim.api.nvim_create_buf(false, true)
  vim.bo[self.bufnr].bufhidden = 'wipe'
  local size = size_of(lines, options)
  local is_low = vim.fn.winline() > vim.api.nvim_win_get_height(0) / 2
  self.window = vim.api.nvim_open_win(self.bufnr, options.is_entered ~= false, {
    relative = 'cursor', row = is_low and 0 or 1, col = 0, anchor = is_low and 'SW' or 'NW',
    width = size.width, height = size.height, style = 'minimal', border = 'rounded',
    title = ' ' .. cut(options.title, size.width - 2) .. ' ',
  })
  vim.wo[self.window].wrap = true
  vim.wo[self.window].linebreak = true
  for _, key in ipairs({ 'q', '<Esc>' }) do
    vim.keymap.set('n', key, function() self:close() end, { buffer = self.bufnr, nowait = true })
  end
  if options.accepted then
    vim.keymap.set('n', '<CR>', options.accepted, { buffer = self.bufnr, nowait = true })
  end
  vim.api.nvim_create_autocmd('BufWipeout', {
    buffer = self.bufnr,
    once = true,
    callback = function()
      if options.closed then
        vim.schedule(options.closed)
      end
    end,
  })
  self:show(lines)
  -- What shows Markdown or Python would attach clients and write into the buffer: highlighting is all that is wanted.
  if options.filetype then
    vim.bo[self.bufnr].syntax = options.filetype
  end
  return self
end

--- Show other lines, with a title and a footer where they are given.
---@param lines string[]
---@param said? { title?: string, footer?: string }
function Float:show(lines, said)
  if not self:is_open() then
    return
  end
  vim.bo[self.bufnr].modifiable = true
  vim.api.nvim_buf_set_lines(self.bufnr, 0, -1, false, lines)
  vim.bo[self.bufnr].modifiable = false
  self.options = vim.tbl_extend('force', self.options, said or {})
  local size = size_of(lines, self.options)
  local config = { width = size.width, height = size.height }
  config.title = ' ' .. cut(self.options.title, size.width - 2) .. ' '
  if self.options.footer then
    config.footer = ' ' .. cut(self.options.footer, size.width - 2) .. ' '
  end
  vim.api.nvim_win_set_config(self.window, config)
end

---@return boolean
function Float:is_open()
  return vim.api.nvim_win_is_valid(self.window)
end

--- Close it; the cursor goes back to where it came from.
function Float:close()
  if not self:is_open() then
    return
  end
  local is_inside = vim.api.nvim_get_current_win() == self.window
  vim.api.nvim_win_close(self.window, true)
  if is_inside and vim.api.nvim_win_is_valid(self.from) then
    vim.api.nvim_set_current_win(self.from)
  end
end

return M
