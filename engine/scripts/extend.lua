#!lua flags=allow-oom
-- extend.lua: a keeper says which workers of its host live, what they run, and that their leases go on.
-- KEYS      1 base
-- ARGV      1 lease in ms  2 number of workers, then incarnation, info, id of the running job ('' = none), then leases
-- RETURNS   {how many leases were extended, ids of jobs anywhere whose cancel was asked for, 1,000 at most}
-- INCLUDES  clock
-- INVARIANT extends only what is held: a lease that went to another is left alone; a dead incarnation stays dead
local b, now = KEYS[1], clock()
local workers = tonumber(ARGV[2])
for i = 3, 2 + 3 * workers, 3 do
  if not redis.call('ZSCORE', b .. ':gone', ARGV[i]) then
    redis.call('ZADD', b .. ':beats', now, ARGV[i])
    redis.call('HSET', b .. ':workers', ARGV[i], ARGV[i + 1])
    redis.call('HSET', b .. ':running', ARGV[i], ARGV[i + 2])
  end
end
local due, pairs_, extended = now + tonumber(ARGV[1]), {}, 0
local function flush()
  if #pairs_ > 0 then
    extended = extended + redis.call('ZADD', b .. ':processing', 'XX', 'CH', unpack(pairs_))
    pairs_ = {}
  end
end
for i = 3 + 3 * workers, #ARGV do
  pairs_[#pairs_ + 1] = due
  pairs_[#pairs_ + 1] = ARGV[i]
  if #pairs_ >= 2000 then flush() end
end
flush()
return { extended, redis.call('ZRANGE', b .. ':cancels', 0, 999) }
