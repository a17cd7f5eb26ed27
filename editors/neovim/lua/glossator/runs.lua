-- What a model is writing: shown while it grows, ended when it is not wanted any more.
local clients = require('glossator.clients')
local float = require('glossator.float')
local M = {}

---@class glossator.Run
---@field client vim.lsp.Client
---@field uri? string the document that it is about; nil: a workspace
---@field title string
---@field id? integer the request's
---@field is_held? boolean nothing is inserted before the user says so
---@field is_accepted? boolean
---@field is_over? boolean
---@field waiting? thread who waits for the user's word
---@field float? glossator.Float
---@field lines? string[]
---@field done? fun(result: any)

---@type glossator.Run[]
local runs = {}
---@type string? what went wrong last, for the status line
M.last_error = nil

local WAITING = 'waiting for the first words …'
local ASKS, COMES = '<CR> insert · q discard', 'is inserted as soon as it is whole · q discard'

--- Take the window away; that is no word of the user's.
local function shut(run)
  local shown = run.float
  run.float = nil
  if shown then
    shown:close()
  end
end

--- Let the edit that waits for the user's word go on, if there is one.
local function wake(run)
  local waiting = run.waiting
  run.waiting = nil
  if not waiting then
    return
  end
  local is_fine, problem = coroutine.resume(waiting)
  if not is_fine then
    clients.warn(tostring(problem))
  end
end

local function drop(run)
  run.is_over = true
  runs = vim.tbl_filter(function(one)
    return one ~= run
  end, runs)
  shut(run)
  wake(run)
  vim.cmd.redrawstatus()
end

--- End a run, and with it what is asked of a provider; nothing of it is inserted.
---@param run glossator.Run
local function cancel(run)
  if run.is_over then
    return
  end
  if run.id and not run.client:is_stopped() then
    run.client:cancel_request(run.id)
  end
  drop(run)
end

---@param run glossator.Run
local function accept(run)
  run.is_accepted = true
  if run.waiting then
    shut(run)
    wake(run)
  elseif run.float then
    run.float:show(run.lines or { WAITING }, { footer = COMES })
  end
end

---@param run glossator.Run
local function open(run)
  run.float = float.open({
    title = run.title,
    footer = run.is_held and ASKS or 'q discard',
    filetype = 'python',
    is_entered = run.is_held == true,
    accepted = run.is_held and function() accept(run) end or nil,
    closed = function()
      if run.float then
        run.float = nil
        cancel(run)
      end
    end,
  }, { WAITING })
end

--- Begin a command by which a model is asked. Runs over the same document end first: their edits would collide.
---@param run glossator.Run
---@param command lsp.Command
---@param bufnr integer
function M.begin(run, command, bufnr)
  for _, one in ipairs(runs) do
    if one.uri and one.uri == run.uri and (one.is_held or run.is_held) then
      cancel(one)
    end
  end
  M.last_error = nil
  runs[#runs + 1] = run
  if run.uri then
    open(run)
  end
  local params = { command = command.command, arguments = command.arguments }
  local asked = { method = 'workspace/executeCommand', params = params, bufnr = bufnr }
  run.id = clients.ask(run.client, asked, function(result)
    drop(run)
    if run.done then
      run.done(result)
    end
  end, function(err)
    M.last_error = err.message
    drop(run)
  end)
  vim.cmd.redrawstatus()
end

--- Whether the edits of a document may be applied; waits for the user's word where a preview is looked at.
---@param client_id integer
---@param uri string
---@return boolean
function M.is_wanted(client_id, uri)
  local run
  for _, one in ipairs(runs) do
    if one.client.id == client_id and one.uri == uri and one.is_held then
      run = one
    end
  end
  if not run then
    return true
  elseif run.is_accepted then
    shut(run)
    return true
  end
  run.float:show(run.lines or {}, { footer = ASKS })
  run.waiting = coroutine.running()
  coroutine.yield()
  return run.is_accepted == true and not run.is_over
end

--- `glossator/preview`: how a docstring, or a page, grows.
---@param params { uri: string, path: string, text: string, done: boolean, draft?: boolean }
---@param ctx lsp.HandlerContext
function M.preview(_, params, ctx)
  for _, run in ipairs(runs) do
    if run.client.id == ctx.client_id and run.uri == params.uri and run.float then
      run.lines = vim.split(params.text, '\n', { plain = true })
      local what = params.path ~= '' and params.path or run.title
      local state = params.draft and ' (said of similar code; not written)' or params.done and '' or ' …'
      run.float:show(run.lines, { title = what .. state })
    end
  end
end

--- End all runs of this editor.
---@return integer how many
function M.cancel_all()
  local count = #runs
  for _, run in ipairs(vim.list_slice(runs)) do
    cancel(run)
  end
  return count
end

--- A client has ended, and so has what it did.
---@param client_id integer
function M.forget(client_id)
  for _, run in ipairs(vim.list_slice(runs)) do
    if run.client.id == client_id then
      M.last_error = 'the server ended'
      drop(run)
    end
  end
end

--- Whether a whole docstring waits for the user's word.
---@return boolean
function M.is_waiting()
  return vim.iter(runs):any(function(run)
    return run.waiting ~= nil
  end)
end

---@return integer
function M.count()
  return #runs
end

return M
