#!lua flags=allow-oom
-- prune.lua: what nobody needs any more goes: expired records' index entries, old death marks, callers' memories,
-- owners that fell silent and hold nothing, watches that ran out, cancels never heard, dead letters past their age.
-- KEYS      1 base
-- ARGV      1 limit  2 how long marks and memories are kept, in ms, then queue, age in ms of its dead letters
-- RETURNS   how many things went
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
for i = 3, #ARGV, 2 do
  each(':dead:' .. ARGV[i], now - tonumber(ARGV[i + 1]), function(id) forget(id, now) end)
end
return gone
