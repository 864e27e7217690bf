#!lua flags=allow-oom
-- proceed.lua: what flows have left to do: edges over a script's budget, cancels under way, flows that were never closed,
-- flows whose time is up.
-- KEYS      1 base
-- ARGV      1 limit
-- RETURNS   {how many things were done, 1 when more is left to do}
-- INCLUDES  clock follow_roots ending stop
-- INVARIANT bounded; done by several at once, each thing is done once; no member of an unfinished flow is pruned
local b, now, limit, done = KEYS[1], clock(), tonumber(ARGV[1]), 0
local edges = redis.call('LPOP', b .. ':flows:todo', math.min(limit, budget)) or {}
for _, id in ipairs(follow(edges, now)) do ending(id, b .. ':job:' .. id, 'cancelled', now) end
done = done + #edges
for _, flow in ipairs(redis.call('ZRANGEBYSCORE', b .. ':flows:open', '-inf', now, 'LIMIT', 0, limit)) do
  stop(flow, 'never closed')
  redis.call('ZREM', b .. ':flows:open', flow)
  done = done + 1
end
local stopped = redis.call('SRANDMEMBER', b .. ':flows:stop')
if stopped then
  done = done + 1
  halt(stopped, limit, now)
end
local function drop(flow)
  local key, left = b .. ':flow:' .. flow, limit
  redis.call('HSET', key, 'state', 'gone')
  local page = redis.call('HSCAN', key .. ':members', 0, 'COUNT', limit)[2]
  for i = 1, #page, 2 do
    if left == 0 then break end
    left = left - 1
    local record, id = b .. ':job:' .. page[i + 1], page[i + 1]
    if redis.call('ZREM', b .. ':finished', id) == 1 then redis.call('UNLINK', record) end
    redis.call('HDEL', key .. ':members', page[i])
  end
  if redis.call('EXISTS', key .. ':members') == 1 then return end
  redis.call('UNLINK', key, key .. ':ended')
  redis.call('ZREM', b .. ':flows', flow)
  redis.call('ZREM', b .. ':flows:over', flow)
end
for _, flow in ipairs(redis.call('ZRANGEBYSCORE', b .. ':flows:over', '-inf', now, 'LIMIT', 0, 1)) do
  drop(flow)
  done = done + 1
end
local more = redis.call('EXISTS', b .. ':flows:todo', b .. ':flows:stop') > 0
  or redis.call('ZCOUNT', b .. ':flows:over', '-inf', now) > 0
return { done, more and 1 or 0 }
