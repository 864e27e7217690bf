#!lua flags=allow-oom
-- bury.lua: a job that will not be tried again by itself goes to its queue's dead letters, with its error.
-- KEYS      1 base
-- ARGV      1 lease  2 error (opaque bytes; '' leaves what there is)  3 attempts to charge (0 or 1)  4 why, for people
-- RETURNS   1, or 0 when the lease was not held any more: nothing was changed
-- INCLUDES  clock died unwanted attempt story
-- INVARIANT processing -> dead; or cancelled, when that was asked for
local id, record, queue, owner = attempt(ARGV[1], ARGV[3], ARGV[2])
if not id then return 0 end
if unwanted(id) then return 1 end
local now = clock()
story(record, 'buried ' .. owner .. ' ' .. ARGV[4], now)
died(id, record, queue, now)
return 1
