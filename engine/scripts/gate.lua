#!lua flags=allow-oom
-- gate.lua: a closed queue refuses new jobs and gives out those it has, retries among them. Its limit is kept behind the
-- word, so that opening it brings the limit back.
-- KEYS      1 base
-- ARGV      1 caller  2 operation  3 queue  4 '1' to close, '0' to open
-- RETURNS   '1' when that changed anything, else '0'; '' for a ghost of an old call
-- INCLUDES  clock memory note
-- INVARIANT no job moves; the same operation again gives the same answer
local limits, caller, op, queue = KEYS[1] .. ':limits', ARGV[1], tonumber(ARGV[2]), ARGV[3]
local known, late = recall(caller, op)
if known then return known end
if late then return '' end
local limit = redis.call('HGET', limits, queue) or '0'
local closed = string.match(limit, '^closed (.+)$')
if (closed ~= nil) == (ARGV[4] == '1') then return note(caller, op, clock(), '0') end
if not closed then redis.call('HSET', limits, queue, 'closed ' .. limit)
elseif closed == '0' or closed == '0 0 0 0' then redis.call('HDEL', limits, queue)
else redis.call('HSET', limits, queue, closed) end
return note(caller, op, clock(), '1')
