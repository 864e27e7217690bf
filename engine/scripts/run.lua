#!lua
-- run.lua: somebody wants a schedule's job now, whatever its slots, its pause and its overlap say. No allow-oom: it is
-- new work.
-- KEYS      1 base
-- ARGV      1 caller  2 operation  3 schedule  4 queue ('' = by type)  5 type  6 payload  7 options
-- RETURNS   the job's id; {'unknown'}: no such schedule; {'full', queue, pending}; {'late'} (a ghost of an old call)
-- INCLUDES  clock launch runs memory note
-- INVARIANT new -> pending; the same operation again gives the same answer and adds nothing; no slot is used up
local b, caller, op, now = KEYS[1], ARGV[1], tonumber(ARGV[2]), clock()
local state = b .. ':schedule:' .. ARGV[3]
local known, late = recall(caller, op)
if known then return known end
if late then return { 'late' } end
if not redis.call('HGET', state, 'slot') then return note(caller, op, now, { 'unknown' }) end
local id, full = launch(state, runs(state, now), { ARGV[4], ARGV[5], ARGV[6], ARGV[7] }, now)
return note(caller, op, now, id or full)
