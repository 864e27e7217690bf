#!lua
-- enqueue.lua: new jobs, one or many, into their queues' lanes; or into scheduled when they have a time. No allow-oom:
-- a server that is full refuses new work before anything is written, and finishes what it has.
-- KEYS      1 base
-- ARGV      1 caller  2 operation  then groups (see part groups)
-- RETURNS   'ms seq lane...': the first job's ms and seq, the others follow by seq; one lane a group. Or
--           {'full', queue, pending}, {'late'} (a ghost of an old call), or
--           {'submit', type, traits ...} (such jobs go through submit.lua or submit_many.lua): no job was added
-- INCLUDES  clock memory groups note special
-- INVARIANT the same operation again gives the same answer and adds nothing; ids only grow
local caller, op, now = ARGV[1], tonumber(ARGV[2]), clock()
local known, late = recall(caller, op)
if known then return known end
if late then return { 'late' } end
local told = must_submit(3, #ARGV)
if told then return told end
local groups, total = groups_in(3, #ARGV)
local full = no_room()
if full then return note(caller, op, now, full) end
return note(caller, op, now, table.concat(place(groups, total, now), ' '))
