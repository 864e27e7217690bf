-- part ages: which jobs have waited so long that they go before those of higher priority.
-- KEYS      1 base
-- ARGV      none
-- RETURNS   waited(ring key, main lane, to) -> whether the first job of the ring's first lane has, by to.old
--           aged(queue, to) -> whether the queue's first job has
--           crowd(queue) -> how many lanes stand in the queue's rings
-- INVARIANT reads only
local function oldest(lane, to)
  local cursor = redis.call('HGET', KEYS[1] .. ':marks', 'c' .. lane) or '0-0'
  local row = redis.call('XRANGE', KEYS[1] .. ':lane:' .. lane, '(' .. cursor, '+', 'COUNT', 1)[1]
  return row and to.now - tonumber(string.match(row[1], '^%d+')) > to.old
end
local function waited(key, main, to)
  local lane = redis.call('LINDEX', key, 0)
  return lane and oldest(lane == '*' and main or lane, to)
end
local function aged(queue, to)
  local main = redis.call('HGET', KEYS[1] .. ':lanes', queue)
  return main and (oldest(main, to) or waited(KEYS[1] .. ':ring:' .. queue, main, to))
end
local function crowd(queue)
  local b, n = KEYS[1], redis.call('LLEN', KEYS[1] .. ':ring:' .. queue)
  return math.max(0, n - 1) + redis.call('LLEN', b .. ':high:' .. queue) + redis.call('LLEN', b .. ':low:' .. queue)
end
