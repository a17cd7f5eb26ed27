-- Glossator in Neovim: what the commands call, and what a configuration may call.
local actions = require('glossator.actions')
local clients = require('glossator.clients')
local edits = require('glossator.edits')
local float = require('glossator.float')
local runs = require('glossator.runs')
local M = {}

local SYMBOL = { scopes = { 'symbol' }, kind = actions.REWRITE, none = 'there is nothing to document here' }
local SYMBOL_OR_REPAIR = { scopes = { 'symbol', 'repair' }, kind = actions.REWRITE, none = 'nothing is to be done here' }
local CLASS = { scopes = { 'members' }, kind = actions.REWRITE, none = 'no class here lacks documentation' }
local REPAIR = { scopes = { 'repair' }, kind = actions.REWRITE, none = 'this docstring needs no repair' }

---@class glossator.Options
---@field cmd? string[] how the server is started; default: { 'glossator', 'server' }
---@field settings? table what would stand under `glossator` in a client's settings
---@field ghost_text? boolean whether docstrings are shown as ghost text while you type; default: false
---@field restart? boolean whether a server that crashes is started again; default: true

--- Configure the server and enable it for Python and Markdown.
---@param options? glossator.Options
function M.setup(options)
  options = options or {}
  local config = {} ---@type vim.lsp.Config
  if options.cmd then
    config.cmd = options.cmd
  end
  local settings = vim.tbl_extend('keep', options.settings or {}, options.ghost_text and { inline_completion = true } or {})
  if next(settings) then
    config.settings = { glossator = settings }
  end
  if options.restart ~= false then
    config.on_exit = require('glossator.restart').on_exit
  end
  vim.lsp.config('glossator', config)
  vim.lsp.enable('glossator')
  if options.ghost_text then
    require('glossator.ghost').enable(true)
  end
end

--- Do something with the server of the current buffer and the action that fits a wish.
---@param wish table
---@param call fun(client: vim.lsp.Client, bufnr: integer, action: lsp.CodeAction)
local function with_action(wish, call)
  local bufnr = vim.api.nvim_get_current_buf()
  local client = clients.of(bufnr)
  if not client then
    return
  end
  actions.find(client, bufnr, wish, function(action)
    if not action then
      return clients.say(wish.none .. (wish.is_by_model and ', or no model is chosen' or ''))
    end
    call(client, bufnr, action)
  end)
end

---@param wish table
local function at_once(wish)
  with_action(wish, function(client, bufnr, action)
    actions.resolve(client, bufnr, action, function(edit)
      edits.apply_or_say(client, edit)
    end)
  end)
end

---@param wish table
---@param is_held boolean
local function by_model(wish, is_held)
  with_action(vim.tbl_extend('force', wish, { is_by_model = true }), function(client, bufnr, action)
    local run = { client = client, uri = vim.uri_from_bufnr(bufnr), title = action.title, is_held = is_held }
    runs.begin(run, action.command --[[@as lsp.Command]], bufnr)
  end)
end

---@param wish table
---@param options? { model?: boolean }
local function either(wish, options)
  if options and options.model then
    by_model(wish, false)
  else
    at_once(wish)
  end
end

--- Ask for a command, and hear its result.
---@param name string
---@param arguments any[]
---@param answered fun(result: any)
local function command(name, arguments, answered)
  local client = clients.of(nil, true)
  if client then
    local params = { command = 'glossator.' .. name, arguments = arguments }
    clients.ask(client, { method = 'workspace/executeCommand', params = params }, answered)
  end
end

--- Document the symbol at the cursor.
function M.document(options) either(SYMBOL, options) end

--- Document the class around the cursor, and its members.
function M.document_class() at_once(CLASS) end

--- Document what is undocumented in this file.
---@param options? { model?: boolean }
function M.document_file(options)
  local bufnr = vim.api.nvim_get_current_buf()
  local data = { uri = vim.uri_from_bufnr(bufnr), scope = 'file' }
  if not (options and options.model) then
    return command('documentFile', { data }, function(result)
      if not result.applied then
        clients.say('all of this file is documented')
      end
    end)
  end
  local client = clients.of(bufnr)
  if client then
    data.model = 'yes'
    local asked = { title = 'this file', command = 'glossator.documentFile', arguments = { data } }
    runs.begin({ client = client, uri = data.uri, title = asked.title }, asked, bufnr)
  end
end

--- Repair the docstring at the cursor.
function M.repair(options) either(REPAIR, options) end

--- Repair all docstrings of this file.
function M.repair_file()
  command('repair', { vim.uri_from_bufnr(0) }, function(result)
    if not result.applied then
      clients.say('no docstring of this file needs repair')
    end
  end)
end

--- Document, or repair, the symbol at the cursor in the words of the model that is chosen.
function M.improve() by_model(SYMBOL_OR_REPAIR, false) end

--- Show what would be written, and write it on <CR>.
---@param client vim.lsp.Client
---@param bufnr integer
---@param action lsp.CodeAction
local function look(client, bufnr, action)
  actions.resolve(client, bufnr, action, function(edit)
    local changed = edits.by_document(edit)[1]
    if not changed then
      return clients.say('nothing would be changed')
    end
    local is_new = #changed.edits == 1 and vim.tbl_get(action, 'data', 'scope') == 'symbol'
    local lines = is_new and M.dedented(vim.split(vim.trim(changed.edits[1].newText), '\n', { plain = true }))
      or edits.diff(bufnr, changed.edits, client.offset_encoding)
    local shown
    shown = float.open({
      title = actions.subject(action),
      footer = '<CR> insert · q close' .. (action.kind and ' · m with a model' or ''),
      filetype = is_new and 'python' or 'diff',
      accepted = function()
        shown:close()
        -- Asked for again: by now the symbol may stand elsewhere.
        actions.resolve(client, bufnr, action, function(fresh)
          edits.apply_or_say(client, fresh)
        end)
      end,
    }, lines)
    if action.kind then -- it is about one symbol
      vim.keymap.set('n', 'm', function()
        shown:close()
        M.preview({ model = true })
      end, { buffer = shown.bufnr, nowait = true })
    end
  end)
end

--- Lines without the indentation that all but the first have in common.
---@param lines string[]
---@return string[]
function M.dedented(lines)
  local shared ---@type integer?
  for number = 2, #lines do
    local indent = lines[number]:match('^[ \t]*()%S')
    shared = indent and math.min(shared or indent, indent) or shared
  end
  return vim.iter(ipairs(lines)):map(function(number, line)
    return number == 1 and line or line:sub(shared or 1)
  end):totable()
end

--- Show what would be written at the cursor, before it is; with a model, while it is being written.
---@param options? { model?: boolean }
function M.preview(options)
  if options and options.model then
    by_model(SYMBOL_OR_REPAIR, true)
  else
    with_action(SYMBOL_OR_REPAIR, look)
  end
end

--- Show what would be documented in this file, as a diff.
function M.preview_file()
  local bufnr = vim.api.nvim_get_current_buf()
  local client = clients.of(bufnr)
  if client then
    look(client, bufnr, { title = 'this file', data = { uri = vim.uri_from_bufnr(bufnr), scope = 'file' } })
  end
end

--- Document all files of the workspace.
---@param options? { model?: boolean }
function M.document_workspace(options)
  local client = clients.of(nil, true)
  if client then
    local command = { title = 'the workspace', command = 'glossator.documentWorkspace', arguments = {} }
    command.arguments = options and options.model and { { model = true } } or {}
    runs.begin({ client = client, title = command.title }, command, vim.api.nvim_get_current_buf())
  end
end

--- Say what is known of the symbol at the cursor, and who would be sent what.
function M.explain()
  local bufnr = vim.api.nvim_get_current_buf()
  local client = clients.of(bufnr)
  if not client then
    return
  end
  local params = vim.lsp.util.make_position_params(0, client.offset_encoding)
  clients.ask(client, { method = 'glossator/explain', params = params, bufnr = bufnr }, function(found)
    local lines = vim.lsp.util.convert_input_to_markdown_lines(found.contents)
    float.open({ title = found.path, footer = 'q close', filetype = 'markdown' }, lines)
  end)
end

--- Show what this server has done, and how long it took.
function M.stats()
  local client = clients.of(nil, true)
  if not client then
    return
  end
  clients.ask(client, { method = 'glossator/stats', params = vim.empty_dict() }, function(found)
    local lines = require('glossator.figures').lines(found)
    float.open({ title = 'Glossator: this server', footer = 'q close' }, lines)
  end)
end

--- Ask no model for the workspace until `resume`.
function M.pause()
  command('pause', {}, function() clients.say('paused; :GlossatorResume goes on') end)
end

--- Go on with what was paused.
function M.resume()
  command('resume', {}, function() clients.say('goes on') end)
end

--- Forget what models have said before.
function M.clear_cache()
  command('clearCache', { vim.uri_from_bufnr(0) }, function(result)
    clients.say(('%s answers forgotten'):format(result.cleared))
  end)
end

--- End what a model is writing; nothing of it is inserted.
function M.cancel()
  local count = runs.cancel_all()
  clients.say(count == 0 and 'nothing is being written' or 'stopped')
end

--- Renew the page in this buffer, or, with a kind (module, api, readme), write one.
---@param kind? string
---@param path? string what it is about; default: the folder of this buffer's file
---@param output? string the page's file
function M.page(kind, path, output)
  local client = clients.of(nil, true)
  if not client then
    return
  end
  local data = { uri = vim.uri_from_bufnr(0) }
  if kind then
    data = { kind = kind, path = vim.fn.fnamemodify(path or vim.fn.expand('%:h'), ':p'):gsub('(.)/$', '%1'), output = output }
  end
  local asked = { title = 'page', command = 'glossator.page', arguments = { data } }
  local function done(result)
    if kind and result.applied then
      vim.cmd.split(vim.fn.fnameescape(vim.uri_to_fname(result.uri)))
    end
  end
  runs.begin({ client = client, title = 'page', done = done }, asked, vim.api.nvim_get_current_buf())
end

--- Take other settings from now on; those that are not named stay.
---@param settings table what stands under `glossator`
function M.configure(settings)
  local all = { glossator = settings }
  vim.lsp.config('glossator', { settings = all })
  for _, client in ipairs(vim.lsp.get_clients({ name = clients.NAME })) do
    client.settings = vim.tbl_deep_extend('force', client.settings, all)
    client:notify('workspace/didChangeConfiguration', { settings = client.settings })
  end
end

--- Hand the server a provider's key, which it keeps in memory; an empty one takes it back.
---@param provider string
---@param key string
function M.key(provider, key)
  for _, client in ipairs(vim.lsp.get_clients({ name = clients.NAME })) do
    client:notify('glossator/key', { provider = provider, key = key })
  end
end

--- Show docstrings as ghost text while you type, or no more; in all buffers whose server can do it.
function M.toggle_ghost()
  local ghost = require('glossator.ghost')
  ghost.enable(not ghost.is_enabled())
  M.configure({ inline_completion = ghost.is_enabled() })
  clients.say('ghost text is ' .. (ghost.is_enabled() and 'on' or 'off'))
end

--- Insert the ghost text; false where none is shown, so that a mapping can do something else.
---@return boolean
function M.accept() return require('glossator.ghost').accept() end

--- For a status line: what is being written, and what went wrong last; '' without a server.
---@return string
function M.status()
  if #vim.lsp.get_clients({ name = clients.NAME }) == 0 then
    return ''
  end
  local count = runs.count()
  return 'glossator' .. (count > 0 and (': writing %d'):format(count) or runs.last_error and ' !' or '')
end

return M
