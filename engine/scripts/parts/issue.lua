-- part issue: where new jobs go, whether there is room, and the ids they get.
-- KEYS      1 base
-- ARGV      none
-- RETURNS   lane_for(queue, type, where) -> the lane for such jobs, made when it is new
--           crowded(queue, lane, n) -> how many are pending, when n more are more than the queue takes; -1 when it is
--           closed; else nil
--           issue(n, now) -> ms as text, the seq before the first of n new ones
-- INVARIANT ids only grow, in one count for the whole namespace
local function lane_for(queue, _type, _where)
  local b = KEYS[1]
  local lane = redis.call('HGET', b .. ':lanes', queue)
  if lane then return lane end
  lane = tostring(redis.call('HINCRBY', b .. ':meta', 'lanes', 1))
  redis.call('HSET', b .. ':lanes', queue, lane)
  redis.call('HSET', b .. ':names', lane, queue)
  return lane
end
local function crowded(queue, lane, n)
  local b = KEYS[1]
  local limit = redis.call('HGET', b .. ':limits', queue)
  if not limit then return nil end
  if string.sub(limit, 1, 1) == 'c' then return -1 end -- closed (see gate)
  local pending = redis.call('XLEN', b .. ':lane:' .. lane) + redis.call('LLEN', b .. ':head:' .. lane)
    - (redis.call('HGET', b .. ':marks', 'p' .. lane) or 0)
  if pending + n > tonumber(limit) then return pending end
end
local function issue(n, now)
  local meta = KEYS[1] .. ':meta'
  local last = redis.call('HMGET', meta, 'ms', 'seq')
  local ms = math.max(now, tonumber(last[1] or 0))
  local seq = ms == tonumber(last[1]) and tonumber(last[2]) or 0
  local stamp = string.format('%.0f', ms)
  redis.call('HSET', meta, 'ms', stamp, 'seq', string.format('%.0f', seq + n))
  return stamp, seq
end
