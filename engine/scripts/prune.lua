#!lua flags=allow-oom
-- prune.lua: what nobody needs any more goes: expired records' index entries, old death marks, callers' memories,
-- owners that fell silent and hold nothing, watches that ran out, cancels never heard, dead letters past their age, and
-- the oldest of those that are too many.
-- KEYS      1 base
-- ARGV      1 limit  2 how long marks and memories are kept, in ms, then queue, age in ms of its dead letters
--           ('' = any), how many of them are kept at most (0 = all)
-- RETURNS   {how many things went, then for each queue that had too many: queue, how many of those went}
-- INCLUDES  clock forget
-- INVARIANT never touches an unfinished job
local b, now, limit, age = KEYS[1], clock(), tonumber(ARGV[1]), tonumber(ARGV[2])
local gone = 0
local function each(zset, before, drop)
  local old = redis.call('ZRANGEBYSCORE', b .. zset, '-inf', before, 'LIMIT', 0, limit)
  for _, name in ipairs(old) do
    if drop then drop(name) end
    redis.call('ZREM', b .. zset, name)
  end
  gone = gone + #old
end
each(':finished', now, function(id) redis.call('UNLINK', b .. ':job:' .. id) end)
each(':gone', now - age)
each(':callers', now - age, function(caller) redis.call('UNLINK', b .. ':ops:' .. caller) end)
each(':watched', now)
each(':cancels', now - age)
each(':beats', now - age, function(inc)
  redis.call('HDEL', b .. ':workers', inc)
  redis.call('HDEL', b .. ':running', inc)
  redis.call('UNLINK', b .. ':ops:' .. inc, b .. ':knows:' .. inc)
  redis.call('ZADD', b .. ':gone', now, inc)
end)
local answer = { 0 }
for i = 3, #ARGV, 3 do
  local queue, oldest, most = ARGV[i], tonumber(ARGV[i + 1]), tonumber(ARGV[i + 2])
  if oldest then each(':dead:' .. queue, now - oldest, function(id) forget(id, now) end) end
  local over = most > 0 and redis.call('ZCARD', b .. ':dead:' .. queue) - most or 0
  if over > 0 then
    local ids = redis.call('ZRANGE', b .. ':dead:' .. queue, 0, math.min(over, limit) - 1)
    for _, id in ipairs(ids) do forget(id, now) end
    redis.call('ZREM', b .. ':dead:' .. queue, unpack(ids))
    gone = gone + #ids
    answer[#answer + 1], answer[#answer + 2] = queue, #ids
  end
end
answer[1] = gone
return answer
