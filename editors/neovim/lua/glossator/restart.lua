-- A server that crashes is started again, each time after a longer pause, and not for ever.
local clients = require('glossator.clients')
local M = {}

M.pauses_ms = { 500, 2000, 8000, 30000 }
local FORGIVEN_MS = 180000
local SIGTERM = 15
local crashes, last = 0, 0

---@param client_id integer
local function restart(client_id)
  require('glossator.runs').forget(client_id)
  local now = vim.uv.now()
  crashes = now - last > FORGIVEN_MS and 1 or crashes + 1
  last = now
  local pause = M.pauses_ms[crashes]
  if not pause then
    return clients.warn('the server keeps ending; see :checkhealth glossator, then :lua vim.lsp.enable("glossator")')
  end
  clients.warn('the server ended; it is started again')
  vim.defer_fn(function()
    if vim.lsp.is_enabled(clients.NAME) then
      vim.lsp.enable(clients.NAME)
    end
  end, pause)
end

--- For `on_exit` of a client. One that was asked to end ends with 0, or by the signal that Neovim sends.
---@param code integer
---@param signal integer
---@param client_id integer
function M.on_exit(code, signal, client_id)
  if (code == 0 and signal == 0) or signal == SIGTERM then
    return vim.schedule(function()
      require('glossator.runs').forget(client_id)
    end)
  end
  vim.schedule(function()
    if vim.v.exiting == vim.NIL then
      restart(client_id)
    end
  end)
end

return M
