#!lua flags=allow-oom
-- retract.lua: a schedule that was put is no more; jobs that it made go on.
-- KEYS      1 base
-- ARGV      1 caller  2 operation  3 name  4 how long the word of a silent janitor counts, in ms
-- RETURNS   'gone', or 'unknown'; {'filed', host and file}: a config file has it, nothing was changed; {'late'} (a ghost
--           of an old call)
-- INCLUDES  clock memory note filed
-- INVARIANT no job moves; the same operation again gives the same answer
local b, caller, op, name, now = KEYS[1], ARGV[1], tonumber(ARGV[2]), ARGV[3], clock()
local known, late = recall(caller, op)
if known then return known end
if late then return { 'late' } end
local file = filed(name, tonumber(ARGV[4]), now)
if file then return note(caller, op, now, { 'filed', file }) end
if redis.call('HDEL', b .. ':schedules', name) == 0 then return note(caller, op, now, 'unknown') end
redis.call('UNLINK', b .. ':schedule:' .. name)
redis.call('HINCRBY', b .. ':meta', 'puts', 1)
return note(caller, op, now, 'gone')
