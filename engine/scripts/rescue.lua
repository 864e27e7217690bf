#!lua flags=allow-oom
-- rescue.lua: leases that lapsed. The owner's host is lost, or it would have extended them: its jobs go back; the one
-- it was known to run is charged with a crash.
-- KEYS      1 base
-- ARGV      1 limit  2 grace in ms: how long an owner must have been silent  3 default crash limit, then queue, limit
-- RETURNS   {id, queue, buried} for each
-- INCLUDES  clock id give crash wake aside let_go
-- INVARIANT processing -> pending or dead; right after an outage nothing is rescued: every lease has lapsed then and
--           every worker is healthy, so owners get one grace to speak first
local b, now, grace = KEYS[1], clock(), tonumber(ARGV[2])
local meta = redis.call('HMGET', b .. ':meta', 'swept', 'well')
redis.call('HSET', b .. ':meta', 'swept', string.format('%.0f', now))
local well = tonumber(meta[2] or 0)
if now - tonumber(meta[1] or 0) > 2 * grace then
  well = now
  redis.call('HSET', b .. ':meta', 'well', string.format('%.0f', now))
end
if now - well < grace then return {} end
local limits, rescued = {}, {}
for i = 4, #ARGV, 2 do limits[ARGV[i]] = tonumber(ARGV[i + 1]) end
local function one(lease, deadline)
  local id, owner = id_of(lease)
  if not id then
    redis.call('ZREM', b .. ':processing', lease)
    return aside(lease, 'no lease of ours in processing', lease)
  end
  -- A living owner that lets one lease lapse has lost it from sight: it gets three times the silence, no more.
  local beat = tonumber(redis.call('ZSCORE', b .. ':beats', owner) or 0)
  if now - beat < grace and now - deadline < 3 * grace then return end
  redis.call('ZREM', b .. ':processing', lease)
  let_go({ lease })
  local queue, buried = nil, 0
  if redis.call('HGET', b .. ':running', owner) == id then
    local name = redis.call('HGET', b .. ':names', (lane_of(id)))
    queue, buried = crash(id, 'lost host', limits[name] or tonumber(ARGV[3]), now)
  else queue = give(id) end
  if not queue then return aside(id, 'processing without a body', lease) end
  redis.call('HINCRBY', b .. ':rescued', queue, 1)
  wake(queue)
  rescued[#rescued + 1] = { id, queue, buried }
end
local lapsed = redis.call('ZRANGEBYSCORE', b .. ':processing', '-inf', now, 'WITHSCORES', 'LIMIT', 0, ARGV[1])
for i = 1, #lapsed, 2 do one(lapsed[i], tonumber(lapsed[i + 1])) end
return rescued
