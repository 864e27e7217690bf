#!lua
-- submit.lua: new jobs on which something hangs (see part ending), and those that may stand already (see part admit); the
-- plain ones go the shorter way of enqueue.lua. No allow-oom: it is new work, which a full server refuses before anything
-- is written.
-- KEYS      1 base
-- ARGV      1 caller  2 operation  3 queue ('' = by type)  4 type  5 where (see part issue)  6 payload  7 options
--           8 when ('' now, '+ms' from now, '@ms' since the epoch)  9 guard: JSON of ours, or ''; then fields of the
--           record: name, value ...
-- RETURNS   the job's id, followed by ' shared' when it stood already; or, and no job was added, {'full', queue,
--           pending}, {'late'} (a ghost of an old call), {'conflict', id}: another job of its kind stands, {'differs',
--           id}: its idempotency key was used for another job, {'submit', type, traits}: what the caller asked to be told
-- INCLUDES  clock memory create note admit special
-- INVARIANT the same operation again gives the same answer and adds nothing
local b, caller, op, now = KEYS[1], ARGV[1], tonumber(ARGV[2]), clock()
local known, late = recall(caller, op)
if known then return known end
if late then return { 'late' } end
local fields = {}
for i = 10, #ARGV do fields[#fields + 1] = ARGV[i] end
local job = {
  queue = ARGV[3], type = ARGV[4], where = ARGV[5], payload = ARGV[6], options = ARGV[7], when = ARGV[8], fields = fields,
}
local guard, locks = ARGV[9] ~= '' and cjson.decode(ARGV[9]) or {}, nil
local told = guard.ask and special(job.type)
if told then return { 'submit', job.type, told } end
local id, refusal, answer
id, refusal, locks = admit(job, guard, now)
if refusal then return note(caller, op, now, refusal) end
if id then answer = id .. ' shared'
else
  id, refusal = create(job, now)
  if not id then return note(caller, op, now, refusal) end
  answer = id
  hold(id, locks)
  if job.then_at == '' then redis.call('HDEL', b .. ':job:' .. id, 'd')
  elseif job.then_at then redis.call('HSET', b .. ':job:' .. id, 'd', moment(job.then_at, now)) end
end
if guard.once then
  redis.call('SET', b .. ':once:' .. guard.once, id .. ' ' .. guard.digest, 'NX', 'PX', string.format('%.0f', guard.once_ms))
end
return note(caller, op, now, answer)
