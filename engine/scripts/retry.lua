#!lua flags=allow-oom
-- retry.lua: an attempt failed: the job waits in scheduled for its next one.
-- KEYS      1 base
-- ARGV      1 lease  2 delay in ms  3 attempts to charge (0 or 1)  4 error (opaque bytes; '' leaves what there is)
--           5 why, for people  6 the job's options from now on (opaque bytes; '' or none leaves what there is)
-- RETURNS   1, or 0 when the lease was not held any more: nothing was changed
-- INCLUDES  clock id later soon unwanted attempt story regain
-- INVARIANT processing -> scheduled; or cancelled, when that was asked for
local b, now = KEYS[1], clock()
local id, record, _, owner = attempt(ARGV[1], ARGV[3], ARGV[4])
if not id then return 0 end
if unwanted(id) then return 1 end
local due = now + tonumber(ARGV[2])
local word = (ARGV[3] == '0' and 'postponed ' or 'retried ') .. owner .. string.format(' @%.0f ', due) .. ARGV[5]
redis.call('HSET', record, 's', 'scheduled', 'd', due, 'y', told(redis.call('HGET', record, 'y') or nil, word, now))
redis.call('ZADD', b .. ':scheduled', due, id)
if (ARGV[6] or '') ~= '' then redis.call('HSET', record, 'o', ARGV[6]) end
regain(id, record)
later((lane_of(id)), 1)
soon(due)
return 1
