#!lua flags=allow-oom
-- bury.lua: a job that will not be tried again by itself goes to its queue's dead letters, with its error.
-- KEYS      1 base
-- ARGV      1 lease  2 error (opaque bytes; '' leaves what there is)  3 attempts to charge (0 or 1)
-- RETURNS   1, or 0 when the lease was not held any more: nothing was changed
-- INCLUDES  clock id lift tell unwanted
-- INVARIANT processing -> dead; or cancelled, when that was asked for
local b, now = KEYS[1], clock()
if redis.call('ZREM', b .. ':processing', ARGV[1]) == 0 then return 0 end
local id = id_of(ARGV[1])
local queue, record = lift(id)
if not queue then return 0 end
redis.call('HINCRBY', record, 'a', ARGV[3])
if ARGV[2] ~= '' then redis.call('HSET', record, 'e', ARGV[2]) end
if unwanted(id) then return 1 end
redis.call('HSET', record, 's', 'dead', 'f', now)
redis.call('ZADD', b .. ':dead:' .. queue, now, id)
tell({ id })
return 1
