#!lua
-- put.lua: somebody makes a schedule, or replaces one made so. Janitors hear of it by the count of puts (see look).
-- KEYS      1 base
-- ARGV      1 caller  2 operation  3 name  4 definition  5 its times as one text  6 paused (0 or 1)  7 how long the
--           word of a silent janitor counts, in ms
-- RETURNS   'new', or 'replaced'; {'filed', host and file}: a config file has that name, nothing was changed; {'late'}
--           (a ghost of an old call)
-- INCLUDES  clock memory note enrol filed
-- INVARIANT no job moves; a schedule's slot only grows; the same operation again gives the same answer
local b, caller, op, name, now = KEYS[1], ARGV[1], tonumber(ARGV[2]), ARGV[3], clock()
local known, late = recall(caller, op)
if known then return known end
if late then return { 'late' } end
local file = filed(name, tonumber(ARGV[7]), now)
if file then return note(caller, op, now, { 'filed', file }) end
local answer = redis.call('HEXISTS', b .. ':schedules', name) == 1 and 'replaced' or 'new'
enrol(name, ARGV[4], ARGV[5], ARGV[6], 'api', now)
redis.call('HINCRBY', b .. ':meta', 'puts', 1)
return note(caller, op, now, answer)
