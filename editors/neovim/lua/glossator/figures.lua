-- The answer to `glossator/stats` as lines for people.
local M = {}

---@param us number
---@return string
local function duration(us)
  if us >= 1e6 then
    return ('%.3g s'):format(us / 1e6)
  end
  return us >= 1e3 and ('%.3g ms'):format(us / 1e3) or ('%.3g us'):format(us)
end

---@param title string
---@param durations table<string, { count: integer, p50_us: number, p99_us: number }>
---@param lines string[]
local function timed(title, durations, lines)
  local names = vim.tbl_keys(durations)
  if #names == 0 then
    return
  end
  table.sort(names)
  lines[#lines + 1] = ''
  lines[#lines + 1] = ('%-34s %8s %10s %10s'):format(title, 'count', 'median', '99%')
  for _, name in ipairs(names) do
    local one = durations[name]
    lines[#lines + 1] = ('%-34s %8d %10s %10s'):format(name, one.count, duration(one.p50_us), duration(one.p99_us))
  end
end

---@param found table
---@return string[]
function M.lines(found)
  local process = found.process
  local lines = {
    ('memory: %.0f MB; processor time: %.2f s'):format(process.rss_bytes / 1e6, process.cpu_s),
  }
  for _, tier in ipairs({ 'L1', 'L2', 'L3', 'L4' }) do
    local one = found.tiers[tier] or {}
    if (one.hits or 0) + (one.misses or 0) > 0 then
      lines[#lines + 1] = ('cache %s: %d found, %d not, %d entries'):format(tier, one.hits, one.misses, one.entries or 0)
    end
  end
  for name, one in vim.spairs(found.providers) do
    lines[#lines + 1] = ('provider %s: %d calls, %d tokens read, %d written, $%.4f'):format(
      name, one.calls or 0, one.tokens_in or 0, one.tokens_out or 0, one.cost or 0)
  end
  timed('request', found.requests or {}, lines)
  timed('stage', found.stages or {}, lines)
  return lines
end

return M
