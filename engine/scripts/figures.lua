#!lua flags=allow-oom
-- figures.lua: how deep the queues are, for people and metrics.
-- KEYS      1 base
-- ARGV      queues; none = all
-- RETURNS   {now, last sweep, then for each {queue, pending, scheduled, processing, dead, ms since the oldest pending job
--           became so or -1, paused, rescued}}
-- INCLUDES  clock id
-- INVARIANT reads only; looks at no more than 10,000 leases
local b, now = KEYS[1], clock()
local running = {}
for _, lease in ipairs(redis.call('ZRANGE', b .. ':processing', 0, 9999)) do
  local id = id_of(lease)
  local lane = id and lane_of(id)
  if lane then running[lane] = (running[lane] or 0) + 1 end
end
local names = #ARGV > 0 and ARGV or redis.call('HKEYS', b .. ':lanes')
local answer = { now, tonumber(redis.call('HGET', b .. ':meta', 'swept') or 0) }
local function oldest(lane, cursor)
  local first = redis.call('LINDEX', b .. ':head:' .. lane, -1)
  local row = redis.call('XRANGE', b .. ':lane:' .. lane, '(' .. cursor, '+', 'COUNT', 1)[1]
  local ms = row and tonumber(string.match(row[1], '^%d+'))
  local head = first and tonumber(string.match(first, '^%d+%-(%d+)'))
  if head and (not ms or head < ms) then ms = head end
  return ms and math.max(0, now - ms) or -1
end
for _, queue in ipairs(names) do
  local lane = redis.call('HGET', b .. ':lanes', queue)
  local figures = { queue, 0, 0, 0, redis.call('ZCARD', b .. ':dead:' .. queue), -1,
    redis.call('SISMEMBER', b .. ':paused', queue), tonumber(redis.call('HGET', b .. ':rescued', queue) or 0) }
  if lane then
    local marks = redis.call('HMGET', b .. ':marks', 'p' .. lane, 's' .. lane, 'c' .. lane)
    figures[2] = redis.call('XLEN', b .. ':lane:' .. lane) - tonumber(marks[1] or 0)
      + redis.call('LLEN', b .. ':head:' .. lane)
    figures[3], figures[4] = tonumber(marks[2] or 0), running[lane] or 0
    figures[6] = oldest(lane, marks[3] or '0-0')
  end
  answer[#answer + 1] = figures
end
return answer
