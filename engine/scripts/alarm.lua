#!lua flags=allow-oom
-- alarm.lua: a queue has too many dead letters, or has not any more; whoever notices first says so. Runs when the store
-- is full: it may be full of dead letters.
-- KEYS      1 base
-- ARGV      1 caller  2 operation  3 queue  4 limit (0 = none)  5 below so many it is over  6, 7 payload of the webhook:
--           what stands before the time, and what stands between that and the count ('' = none is sent)
-- RETURNS   how many there are, when this raised the alarm; '-1' when this ended it; else '0'
-- INCLUDES  clock memory pack post note
-- INVARIANT one crossing is told once, however many look; the same operation again gives the same answer
local b, caller, op, queue, limit, now = KEYS[1], ARGV[1], tonumber(ARGV[2]), ARGV[3], tonumber(ARGV[4]), clock()
local known, late = recall(caller, op)
if known then return known end
if late then return '0' end
local dead = redis.call('ZCARD', b .. ':dead:' .. queue)
local raised = redis.call('HEXISTS', b .. ':alarms', queue) == 1
local answer = '0'
if not raised and limit > 0 and dead >= limit then
  redis.call('HSET', b .. ':alarms', queue, string.format('%.0f', now))
  if ARGV[6] ~= '' then post(queue, ARGV[6] .. pack.int(now) .. ARGV[7] .. pack.int(dead), now) end
  answer = string.format('%.0f', dead)
elseif raised and (limit == 0 or dead < tonumber(ARGV[5])) then
  redis.call('HDEL', b .. ':alarms', queue)
  answer = '-1'
end
return note(caller, op, now, answer)
