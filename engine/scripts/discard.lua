#!lua flags=allow-oom
-- discard.lua: the worker that holds a job says that nobody wants it run (any more): it ends as cancelled, and its
-- record with the reason stays for a while. It is no dead letter: nothing has gone wrong.
-- KEYS      1 base
-- ARGV      1 lease  2 error (opaque bytes)  3 attempts to charge (0 or 1)  4 how long the record is kept, in ms
--           5 why, for people
-- RETURNS   1, or 0 when the lease was not held any more: nothing was changed
-- INCLUDES  clock cancelled attempt
-- INVARIANT processing -> finished (cancelled)
local id, record, _, owner = attempt(ARGV[1], ARGV[3], ARGV[2])
if not id then return 0 end
cancelled(id, record, ARGV[4], clock(), owner .. ' ' .. ARGV[5])
return 1
