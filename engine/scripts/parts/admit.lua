-- part admit: whether a job that somebody submits is to be made, or stands already. guard: what was said of that
-- (engine/entrance/guards.py), or what the type's trait `cache` says.
-- KEYS      1 base
-- ARGV      none
-- RETURNS   admit(job, guard, now) -> id of the job that answers for this one; or nil and the refusal: {'conflict', id},
--           {'differs', id}; or nil, nil and the locks that the new job shall hold. job: see part create
--           hold(id, locks): takes them, once the job is made
-- INCLUDES  locks shared single
-- INVARIANT changes nothing but a job that stands already, and that only when nothing can be refused any more
local function label(job, mark)
  local fields = job.fields
  fields[#fields + 1], fields[#fields + 2] = 'u', mark
  for i = 1, #fields - 2, 2 do
    if fields[i] == 'x' then
      fields[i + 1] = fields[i + 1] .. 'u'
      return
    end
  end
  fields[#fields + 1], fields[#fields + 2] = 'x', 'u'
end
local function admit(job, guard, now)
  if guard.once then
    local id, digest = string.match(redis.call('GET', KEYS[1] .. ':once:' .. guard.once) or '', '^(%S+) (%S+)$')
    if id and digest == guard.digest then return id end
    if id then return nil, { 'differs', id } end
  end
  local id, lock = shared(job, guard)
  if id then return id end
  local locks, refusal, own = { lock }, nil, nil
  if guard.unique then
    id, refusal, own = single(job, guard.unique, now)
    if id or refusal then return id, refusal end
    locks[#locks + 1] = own
  end
  local marks = {}
  for i, one in ipairs(locks) do marks[i] = one.mark end
  if #marks > 0 then label(job, table.concat(marks, ' ')) end
  return nil, nil, locks
end
local function hold(id, locks)
  for _, lock in ipairs(locks) do
    if lock.ms then redis.call('SET', lock.key, id, 'PX', digits(lock.ms))
    else redis.call('SET', lock.key, lock.before .. id) end
  end
end
