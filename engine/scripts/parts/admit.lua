-- part admit: whether a job that somebody submits is to be made, or stands already. guard: what was said of that
-- (engine/guards.py), or what the type's trait `cache` says.
-- KEYS      1 base
-- ARGV      none
-- RETURNS   admit(job, guard, now) -> id of the job that answers for this one; or nil and the refusal: {'conflict', id},
--           {'differs', id}; or nil, nil and the locks that the new job shall hold. job: see part create
--           hold(id, locks): takes them, once the job is made
-- INCLUDES  locks
-- INVARIANT changes nothing but a job that stands already, and that only when nothing can be refused any more
local function digits(number) return string.format('%.0f', number) end
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
local function shared(job, guard)
  if not guard.digest then return nil end
  for i = 1, #job.fields, 2 do
    if job.fields[i] == 'x' then return nil end -- what hangs on this job would not hang on the other
  end
  local text = redis.call('HGET', KEYS[1] .. ':traits', job.type)
  local trait = text and string.find(text, '"cache"', 1, true) and cjson.decode(text)
  if not trait or not trait.cache then return nil end
  local hash = redis.sha1hex(job.type .. ' ' .. tostring(trait.version or '') .. ' ' .. guard.digest)
  local lock = { key = lock_name('c', hash), before = '' }
  lock.mark = 'c:' .. hash .. ':' .. digits(trait.cache) .. ':' .. digits(trait.cache_failures or 0)
  local id = not guard.fresh and holders(lock.key)
  if id and redis.call('EXISTS', KEYS[1] .. ':job:' .. id) == 1 then return id end
  return nil, lock
end
local function moment(when, now)
  return (string.sub(when, 1, 1) == '+' and now or 0) + tonumber(string.sub(when, 2))
end
local function put_off(id, record, due)
  local at = tonumber(redis.call('ZSCORE', KEYS[1] .. ':scheduled', id) or 9e15)
  if due <= at or at >= 9e15 then return end
  redis.call('ZADD', KEYS[1] .. ':scheduled', due, id)
  redis.call('HSET', record, 'd', digits(due))
end
local function replace(id, job)
  redis.call('HSET', KEYS[1] .. ':job:' .. id, 'p', job.payload, 'o', job.options)
  return id
end
local function last(job, lock, id, behind)
  local known = redis.call('HMGET', KEYS[1] .. ':job:' .. id, 's', 'b')
  if not known[2] and known[1] ~= 'processing' then return replace(id, job) end
  if behind then return replace(behind, job) end
  job.then_at, job.when, lock.before = job.when, 'held', id .. ' '
  return nil, nil, lock
end
local function single(job, unique, now)
  local lock = { key = lock_name(unique.letter, unique.hash), mark = unique.letter .. ':' .. unique.hash, before = '' }
  local id, behind = holders(lock.key)
  local record = KEYS[1] .. ':job:' .. (id or '')
  if not id or (unique.letter ~= 't' and redis.call('EXISTS', record) == 0) then
    if unique.letter == 't' then lock.ms = unique.period end
    if unique.letter == 'd' then job.when = '+' .. digits(unique.period) end
    return nil, nil, lock
  end
  if unique.letter == 'k' then return last(job, lock, id, behind) end
  if unique.conflict == 'raise' then return nil, { 'conflict', id } end
  local state, debounced = redis.call('HGET', record, 's'), unique.letter == 'd'
  if state ~= 'pending' and state ~= 'scheduled' then return id end
  if debounced or unique.conflict == 'replace' then replace(id, job) end
  if debounced then
    local latest = unique.max_wait and tonumber(string.match(id, '%-(%d+)%-')) + unique.max_wait
    put_off(id, record, math.min(now + unique.period, latest or 9e15))
  elseif unique.conflict == 'extend' and job.when ~= '' then put_off(id, record, moment(job.when, now)) end
  return id
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
