#!lua
-- sample.lua: a janitor says how deep the queues are that have any jobs; that and the jobs taken in since the last sample
-- join the charts. No allow-oom: charts are the first that a full store goes without.
-- KEYS      1 base
-- ARGV      1 least ms between two samples: who comes earlier changes nothing  2, 3, 4 seconds for which minutes, tens and
--           hours are kept, then queue and counts (see part vector)
-- RETURNS   {now, 1}; {now, 0} when it was too early
-- INCLUDES  clock series pace
-- INVARIANT each job that was taken in is counted once, however many janitors there are
local b, now, keep, counts = KEYS[1], clock(), { ARGV[2], ARGV[3], ARGV[4] }, {}
local seen = b .. ':series:in'
local before = redis.call('HGETALL', seen)
local charted = {}
for i = 1, #before, 2 do charted[before[i]] = tonumber(before[i + 1]) end
local last = charted[''] or 0
if now >= last and now - last < tonumber(ARGV[1]) then return { now, 0 } end
for i = 5, #ARGV, 2 do counts[ARGV[i]] = unpacked(ARGV[i + 1]) end
local totals = redis.call('HGETALL', b .. ':totals')
for i = 1, #totals, 2 do
  local queue = string.match(totals[i], '^i(.*)$')
  local new = queue and tonumber(totals[i + 1]) - (charted[queue] or 0) or 0
  if new ~= 0 then redis.call('HSET', seen, queue, totals[i + 1]) end
  if new > 0 and (last == 0 or now - last <= 600000) then -- else nobody sampled for long: when they came is not known
    counts[queue] = counts[queue] or {}
    counts[queue][5] = new
  end
end
for queue, found in pairs(counts) do chart('g' .. queue, found, now, keep) end
chart('s', { 1 }, now, keep)
redis.call('HSET', seen, '', now)
local forgotten = now - (tonumber(ARGV[4]) + 172800) * 1000 -- their strings expire by themselves
for _, name in ipairs(redis.call('ZRANGEBYSCORE', b .. ':series:seen', '-inf', forgotten, 'LIMIT', 0, 100)) do
  redis.call('HDEL', b .. ':series:names', name)
  redis.call('ZREM', b .. ':series:seen', name)
end
pace(now)
return { now, 1 }
