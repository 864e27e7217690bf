#!lua flags=allow-oom
-- bury.lua: a job that will not be tried again by itself goes to its queue's dead letters, with its error.
-- KEYS      1 base
-- ARGV      1 lease  2 error (opaque bytes; '' leaves what there is)  3 attempts to charge (0 or 1)
-- RETURNS   1, or 0 when the lease was not held any more: nothing was changed
-- INCLUDES  clock id lift tell cancelled unwanted attempt
-- INVARIANT processing -> dead; or cancelled, when that was asked for
local b, now = KEYS[1], clock()
local id, record, queue = attempt(ARGV[1], ARGV[3], ARGV[2])
if not id then return 0 end
if unwanted(id) then return 1 end
redis.call('HSET', record, 's', 'dead', 'f', now)
redis.call('ZADD', b .. ':dead:' .. queue, now, id)
tell({ id })
return 1
