#!lua
-- submit.lua: a new job on which something hangs (see part ending), or that may stand already (see part weigh); plain ones
-- go the shorter way of enqueue.lua. No allow-oom: it is new work, which a full server refuses before anything is written.
-- KEYS      1 base
-- ARGV      1 caller  2 operation  3 queue ('' = by type)  4 type  5 where (see part issue)  6 payload  7 options
--           8 when ('' now, '+ms' from now, '@ms' since the epoch)  9 guard: JSON of ours, or ''; then fields of the
--           record: name, value ...
-- RETURNS   the job's id, followed by ' shared' when it stood already; or, and no job was added, {'full', queue,
--           pending}, {'late'} (a ghost of an old call), {'conflict', id}: another job of its kind stands, {'differs',
--           id}: its idempotency key was used for another job ('batch': for a call of many), {'submit', type, traits}:
--           what the caller asked to be told
-- INCLUDES  clock memory note create carry special
-- INVARIANT the same operation again gives the same answer and adds nothing
local caller, op, now = ARGV[1], tonumber(ARGV[2]), clock()
local known, late = recall(caller, op)
if known then return known end
if late then return { 'late' } end
local fields = {}
for i = 10, #ARGV do fields[#fields + 1] = ARGV[i] end
local job = {
  queue = ARGV[3], type = ARGV[4], where = ARGV[5], payload = ARGV[6], options = ARGV[7], when = ARGV[8], fields = fields,
}
local guard = ARGV[9] ~= '' and cjson.decode(ARGV[9]) or {}
local told = guard.ask and special(job.type)
if told then return { 'submit', job.type, told } end
local plan, refusal = weigh(job, guard, 1)
if refusal then return note(caller, op, now, { refusal[1], refusal[2] }) end
local id = answering(job, plan, {}, now)
local answer = id and id .. ' shared'
if not id then
  id, refusal = create(job, now)
  if not id then return note(caller, op, now, refusal) end
  answer = id
  holds(job, plan, id, now)
end
keep(plan, id)
return note(caller, op, now, answer)
