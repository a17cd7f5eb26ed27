-- :checkhealth glossator
local health = vim.health
local M = {}

local WAIT_MS = 5000

---@return string[]?
local function command()
  local config = vim.lsp.config.glossator
  local cmd = config and config.cmd
  if type(cmd) ~= 'table' then
    health.error("vim.lsp.config.glossator has no command", "Put the plugin on the runtime path, or set `cmd`.")
    return nil
  end
  return cmd
end

local function check_command()
  local cmd = command()
  if not cmd then
    return
  end
  local path = vim.fn.exepath(cmd[1])
  if path == '' then
    return health.error(('`%s` is not on PATH'):format(cmd[1]), {
      'Install Glossator (`pipx install …`), or name the command:',
      "vim.lsp.config('glossator', { cmd = { '/path/to/glossator', 'server' } })",
    })
  end
  local asked = vim.list_slice(cmd, 1, math.max(1, #cmd - 1))
  local is_run, ran = pcall(function()
    return vim.system(vim.list_extend(asked, { '--version' }), { text = true }):wait(WAIT_MS)
  end)
  if not is_run or ran.code ~= 0 then
    return health.error(('%s does not start'):format(path), is_run and vim.trim(ran.stderr or '') or tostring(ran))
  end
  health.ok(('%s: %s'):format(path, vim.trim(ran.stdout)))
end

---@param client vim.lsp.Client
local function check_client(client)
  local info = client.server_info or {}
  health.ok(('server %s (client %d), root %s'):format(info.version or '?', client.id, client.root_dir or 'none'))
  local names = {}
  for bufnr in pairs(client.attached_buffers) do
    names[#names + 1] = vim.fn.fnamemodify(vim.api.nvim_buf_get_name(bufnr), ':~:.')
  end
  table.sort(names)
  health.info('buffers: ' .. (#names > 0 and table.concat(names, ', ') or 'none'))
  health.info('settings: ' .. vim.inspect(vim.tbl_get(client.settings, 'glossator') or vim.empty_dict(), { newline = ' ', indent = '' }))
  local edit = vim.tbl_get(client.capabilities, 'workspace', 'workspaceEdit', 'documentChanges')
  if not edit then
    health.warn('edits do not name the version of the text that they are for', 'Have lsp/glossator.lua on the runtime path.')
  end
  local answer, problem = client:request_sync('glossator/stats', vim.empty_dict(), WAIT_MS, 0)
  if not answer or answer.err then
    return health.error('the server does not answer', problem or answer.err.message)
  end
  M.tell_stats(answer.result)
end

--- Say who writes, by the answer to `glossator/stats`.
---@param stats table
function M.tell_stats(stats)
  local chosen = stats.settings
  if chosen then
    health.info(('provider: %s; mode: %s'):format(table.concat(chosen.provider, ', '), chosen.mode))
    if not chosen.trusted then
      health.warn('the workspace is not trusted: the embedded provider alone writes')
    end
  end
  for name, one in vim.spairs(stats.providers) do
    health.info(('provider %s was asked %d times'):format(name, one.calls or 0))
    for kind, count in vim.spairs(one.failures or {}) do
      health.warn(('provider %s failed %d times: %s'):format(name, count, kind))
    end
  end
  local process = stats.process
  health.info(('memory: %.0f MB; processor time: %.2f s'):format(process.rss_bytes / 1e6, process.cpu_s))
end

local function check_clients()
  local clients = vim.lsp.get_clients({ name = 'glossator' })
  if #clients == 0 then
    if vim.lsp.is_enabled('glossator') then
      health.warn('no server runs', 'Open a Python file; then :lua vim.cmd.edit(vim.lsp.get_log_path()) may say why.')
    else
      health.warn('the server is not enabled', "vim.lsp.enable('glossator')")
    end
  end
  for _, client in ipairs(clients) do
    check_client(client)
    if not client:supports_method('textDocument/inlineCompletion') then
      health.info('ghost text: this server does not offer it')
    end
  end
end

function M.check()
  health.start('glossator: command')
  if vim.fn.has('nvim-0.11') == 0 then
    return health.error('Neovim 0.11 or later is needed')
  end
  health.ok('Neovim ' .. tostring(vim.version()))
  check_command()
  health.start('glossator: server')
  check_clients()
  health.start('glossator: plugin')
  if vim.g.loaded_glossator then
    health.ok('loaded; ghost text is ' .. (require('glossator.ghost').is_enabled() and 'on' or 'off'))
  else
    health.info('not loaded: code actions, hover and completion work without it')
  end
end

return M
