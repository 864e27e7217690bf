#!lua flags=allow-oom
-- figures.lua: how deep the queues are, for people and metrics.
-- KEYS      1 base
-- ARGV      queues; none = all
-- RETURNS   {now, last sweep, then for each {queue, pending, scheduled, processing, dead, ms since the oldest pending job
--           became so or -1, paused, rescued, parked, lanes apart that have jobs}}
-- INCLUDES  clock id rest lanes
-- INVARIANT reads only; looks at no more than 10,000 leases, and 100 lanes apart of a queue
local b, now = KEYS[1], clock()
local running, queue_of = {}, {}
for _, lease in ipairs(redis.call('ZRANGE', b .. ':processing', 0, 9999)) do
  local id = id_of(lease)
  local lane = id and lane_of(id)
  if lane then
    queue_of[lane] = queue_of[lane] or redis.call('HGET', b .. ':names', lane) or ''
    running[queue_of[lane]] = (running[queue_of[lane]] or 0) + 1
  end
end
local names = #ARGV > 0 and ARGV or redis.call('HKEYS', b .. ':lanes')
local answer = { now, tonumber(redis.call('HGET', b .. ':meta', 'swept') or 0) }
local function oldest(lane)
  local first = redis.call('LINDEX', b .. ':head:' .. lane, -1)
  local cursor = redis.call('HGET', b .. ':marks', 'c' .. lane) or '0-0'
  local row = redis.call('XRANGE', b .. ':lane:' .. lane, '(' .. cursor, '+', 'COUNT', 1)[1]
  local ms = row and tonumber(string.match(row[1], '^%d+'))
  local head = first and tonumber(string.match(first, '^%d+%-(%d+)'))
  if head and (not ms or head < ms) then ms = head end
  return ms and math.max(0, now - ms) or -1
end
local function apart(queue, figures)
  local lanes = redis.call('HKEYS', b .. ':state:' .. queue)
  figures[10] = #lanes
  for i = 1, math.min(#lanes, 100) do figures[6] = math.max(figures[6], oldest(lanes[i])) end
end
local parked = {}
for _, lane in ipairs(redis.call('ZRANGE', b .. ':parked', 0, 999)) do
  local queue = redis.call('HGET', b .. ':names', lane) or ''
  parked[queue] = (parked[queue] or 0) + rest(lane)
end
for _, queue in ipairs(names) do
  local lane = redis.call('HGET', b .. ':lanes', queue)
  local figures = { queue, 0, 0, running[queue] or 0, redis.call('ZCARD', b .. ':dead:' .. queue), -1,
    redis.call('SISMEMBER', b .. ':paused', queue), tonumber(redis.call('HGET', b .. ':rescued', queue) or 0),
    parked[queue] or 0, 0 }
  if lane then
    figures[2] = rest(lane) + tonumber(redis.call('HGET', b .. ':backlog', queue) or 0)
    figures[3] = tonumber(redis.call('HGET', b .. ':marks', 's' .. lane) or 0)
      + tonumber(redis.call('HGET', b .. ':later', queue) or 0)
    figures[6] = oldest(lane)
    if redis.call('EXISTS', b .. ':state:' .. queue) == 1 then apart(queue, figures) end
  end
  answer[#answer + 1] = figures
end
return answer
