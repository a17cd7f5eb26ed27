-- Commands, <Plug> mappings and handlers; everything else is loaded when it is first used.
if vim.g.loaded_glossator then
  return
end
vim.g.loaded_glossator = true

if vim.fn.has('nvim-0.11') == 0 then
  vim.notify('Glossator needs Neovim 0.11 or later', vim.log.levels.WARN)
  return
end

vim.lsp.config('glossator', {
  capabilities = { textDocument = { inlineCompletion = { dynamicRegistration = false } } },
  handlers = {
    ['workspace/applyEdit'] = function(...)
      return require('glossator.edits').handle(...)
    end,
    ['glossator/preview'] = function(...)
      return require('glossator.runs').preview(...)
    end,
  },
})

---@param name string what comes behind `Glossator`
---@param call fun(arguments: table)
---@param options? table
local function command(name, call, options)
  vim.api.nvim_create_user_command('Glossator' .. name, call, options or {})
end

-- Names of commands, with the function of require('glossator') that each calls; with `!` a model is asked.
local PLAIN = {
  Improve = 'improve', RepairFile = 'repair_file', PreviewFile = 'preview_file', Explain = 'explain', Stats = 'stats',
  DocumentClass = 'document_class', Pause = 'pause', Resume = 'resume', Cancel = 'cancel', ClearCache = 'clear_cache', Ghost = 'toggle_ghost',
}
local WITH_BANG = {
  Document = 'document', DocumentFile = 'document_file', Repair = 'repair',
  DocumentWorkspace = 'document_workspace', Preview = 'preview',
}
for name, call in pairs(PLAIN) do
  command(name, function()
    require('glossator')[call]()
  end, { desc = 'Glossator: ' .. call:gsub('_', ' ') })
  vim.keymap.set('n', '<Plug>(glossator-' .. call:gsub('_', '-') .. ')', '<Cmd>Glossator' .. name .. '<CR>')
end
for name, call in pairs(WITH_BANG) do
  command(name, function(arguments)
    require('glossator')[call]({ model = arguments.bang })
  end, { bang = true, desc = 'Glossator: ' .. call:gsub('_', ' ') .. ' (!: with a model)' })
  local plug = '<Plug>(glossator-' .. call:gsub('_', '-')
  vim.keymap.set('n', plug .. ')', '<Cmd>Glossator' .. name .. '<CR>')
  vim.keymap.set('n', plug .. '-model)', '<Cmd>Glossator' .. name .. '!<CR>')
end
command('Page', function(arguments)
  require('glossator').page(unpack(arguments.fargs))
end, {
  nargs = '*',
  desc = 'Glossator: renew this page, or write one: KIND [PATH [OUTPUT]]',
  complete = function(lead)
    return vim.tbl_filter(function(kind)
      return vim.startswith(kind, lead)
    end, { 'module', 'api', 'readme' })
  end,
})
vim.keymap.set('i', '<Plug>(glossator-accept)', function()
  require('glossator').accept()
end)
