#!lua flags=allow-oom
-- alarm.lua: a queue has too many dead letters, or parked jobs, or has not any more; whoever notices first says so. Runs
-- when the store is full: it may be full of dead letters.
-- KEYS      1 base
-- ARGV      1 caller  2 operation  3 queue  4 limit (0 = none)  5 below so many it is over  6, 7 payload of the webhook:
--           what stands before the time, and what stands between that and the count ('' = none is sent)  8 of what:
--           dead or parked
-- RETURNS   how many there are, when this raised the alarm; '-1' when this ended it; else '0'
-- INCLUDES  clock memory pack post note rest
-- INVARIANT one crossing is told once, however many look; the same operation again gives the same answer
local b, caller, op, queue, limit, now = KEYS[1], ARGV[1], tonumber(ARGV[2]), ARGV[3], tonumber(ARGV[4]), clock()
local known, late = recall(caller, op)
if known then return known end
if late then return '0' end
local told, count = b .. (ARGV[8] == 'parked' and ':parking' or ':alarms'), 0
if ARGV[8] == 'parked' then
  for _, lane in ipairs(redis.call('ZRANGE', b .. ':parked', 0, 999)) do
    if redis.call('HGET', b .. ':names', lane) == queue then count = count + rest(lane) end
  end
else count = redis.call('ZCARD', b .. ':dead:' .. queue) end
local raised = redis.call('HEXISTS', told, queue) == 1
local answer = '0'
if not raised and limit > 0 and count >= limit then
  redis.call('HSET', told, queue, string.format('%.0f', now))
  if ARGV[6] ~= '' then post(queue, ARGV[6] .. pack.int(now) .. ARGV[7] .. pack.int(count), now) end
  answer = string.format('%.0f', count)
elseif raised and (limit == 0 or count < tonumber(ARGV[5])) then
  redis.call('HDEL', told, queue)
  answer = '-1'
end
return note(caller, op, now, answer)
