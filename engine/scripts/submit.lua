#!lua
-- submit.lua: new jobs on which something hangs (see part ending); the plain ones go the shorter way of enqueue.lua. No
-- allow-oom: it is new work, which a full server refuses before anything is written.
-- KEYS      1 base
-- ARGV      1 caller  2 operation  3 queue ('' = by type)  4 type  5 where (see part issue)  6 payload  7 options
--           8 when ('' now, '+ms' from now, '@ms' since the epoch), then fields of the record: name, value ...
-- RETURNS   the job's id; {'full', queue, pending} or {'late'} (a ghost of an old call): nothing was written
-- INCLUDES  clock memory create note
-- INVARIANT the same operation again gives the same answer and adds nothing
local caller, op, now = ARGV[1], tonumber(ARGV[2]), clock()
local known, late = recall(caller, op)
if known then return known end
if late then return { 'late' } end
local fields = {}
for i = 9, #ARGV do fields[#fields + 1] = ARGV[i] end
local id, full = create({
  queue = ARGV[3], type = ARGV[4], where = ARGV[5], payload = ARGV[6], options = ARGV[7], when = ARGV[8], fields = fields,
}, now)
if not id then return full end
return note(caller, op, now, id)
