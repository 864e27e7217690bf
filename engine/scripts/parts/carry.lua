-- part carry: what a plan says (see part weigh) is carried out, now that nothing can be refused any more.
-- KEYS      1 base
-- ARGV      none
-- RETURNS   answering(job, plan, ids, now) -> id of the job that answers for this one, changed where it shall be; or nil:
--           the job is ready to be made (see part create). ids: of the jobs of the call so far, by their number
--           holds(job, plan, id, now): it was made, under that id, and takes its locks
--           keep(plan, id): the idempotency key stands for that id
-- INCLUDES  weigh
-- INVARIANT of a job that stands already only payload, options and time change; never its place
local function label(job, locks)
  local fields, marks = job.fields, {}
  for i, one in ipairs(locks) do marks[i] = one.mark end
  fields[#fields + 1], fields[#fields + 2] = 'u', table.concat(marks, ' ')
  for i = 1, #fields - 2, 2 do
    if fields[i] == 'x' then
      fields[i + 1] = fields[i + 1] .. 'u'
      return
    end
  end
  fields[#fields + 1], fields[#fields + 2] = 'x', 'u'
end
local function answering(job, plan, ids, now)
  local id = plan.id or plan.twin and ids[plan.twin]
  if id then return plan.unique and meet(id, job, plan.unique, now) or id end
  if #plan.locks > 0 then label(job, plan.locks) end
  if plan.unique and plan.unique.letter == 'd' then job.when = '+' .. digits(plan.unique.period) end
  if plan.how == 'behind' then job.then_at, job.when = job.when, 'held' end
end
local function holds(job, plan, id, now)
  for _, lock in ipairs(plan.locks) do
    if lock.ms then redis.call('SET', lock.key, id, 'PX', digits(lock.ms))
    else redis.call('SET', lock.key, lock.before .. id) end
  end
  if job.then_at == '' then redis.call('HDEL', KEYS[1] .. ':job:' .. id, 'd')
  elseif job.then_at then redis.call('HSET', KEYS[1] .. ':job:' .. id, 'd', moment(job.then_at, now)) end
end
local function keep(plan, id)
  if plan.once then use(plan.once, id) end
end
