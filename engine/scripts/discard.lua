#!lua flags=allow-oom
-- discard.lua: the worker that holds a job says that nobody wants it run (any more): it ends as cancelled, and its
-- record with the reason stays for a while. It is no dead letter: nothing has gone wrong.
-- KEYS      1 base
-- ARGV      1 lease  2 error (opaque bytes)  3 attempts to charge (0 or 1)  4 how long the record is kept, in ms
-- RETURNS   1, or 0 when the lease was not held any more: nothing was changed
-- INCLUDES  clock id lift tell
-- INVARIANT processing -> finished (cancelled)
local b, now = KEYS[1], clock()
if redis.call('ZREM', b .. ':processing', ARGV[1]) == 0 then return 0 end
local id = id_of(ARGV[1])
local queue, record = lift(id)
if not queue then return 0 end
redis.call('HINCRBY', record, 'a', ARGV[3])
redis.call('HSET', record, 's', 'cancelled', 'e', ARGV[2], 'f', now)
redis.call('PEXPIRE', record, ARGV[4])
redis.call('ZADD', b .. ':finished', now + tonumber(ARGV[4]), id)
tell({ id })
return 1
