#!lua flags=allow-oom
-- notice.lua: groups of dead letters were seen; those that nobody has seen for a while are new.
-- KEYS      1 base
-- ARGV      1 caller  2 operation  3 queue  4 position up to which its dead letters were looked at  5 how long a group
--           is remembered, in ms  6 most webhooks at once, then fingerprint, and the payload of its webhook: what stands
--           before the time and what after it ('' = none is sent)
-- RETURNS   the fingerprints of the new ones, with spaces between
-- INCLUDES  clock memory pack post note
-- INVARIANT one new group is told and counted once, however many look; at most 10,000 groups are remembered; the same operation
--           again gives the same answer
local b, caller, op, now = KEYS[1], ARGV[1], tonumber(ARGV[2]), clock()
local known, late = recall(caller, op)
if known then return known end
if late then return '' end
local groups, new = b .. ':groups', {}
redis.call('HSET', b .. ':looked', ARGV[3], ARGV[4])
redis.call('ZREMRANGEBYSCORE', groups, '-inf', now - tonumber(ARGV[5]))
for i = 7, #ARGV, 3 do
  if redis.call('ZADD', groups, now, ARGV[i]) == 1 then
    new[#new + 1] = ARGV[i]
    if ARGV[i + 1] ~= '' and #new <= tonumber(ARGV[6]) then
      post(ARGV[3], ARGV[i + 1] .. pack.int(now) .. ARGV[i + 2], now)
    end
  end
end
if #new > 0 then redis.call('HINCRBY', b .. ':newgroups', ARGV[3], #new) end
redis.call('ZREMRANGEBYRANK', groups, 0, -10001)
return note(caller, op, now, table.concat(new, ' '))
