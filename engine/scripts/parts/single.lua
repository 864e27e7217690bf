-- part single: of jobs that count as the same one stands at a time (docs/unique.md).
-- KEYS      1 base
-- ARGV      none
-- RETURNS   single(job, unique, now) -> id of the job that stands; or nil and the refusal; or nil, nil and the lock that the
--           new job shall hold. unique: letter (see part locks), hash, conflict, period and max_wait in ms
--           moment(when, now) -> ms since the epoch
-- INCLUDES  locks
-- INVARIANT changes only a job that stands and has not begun: its payload and options, or its time; never its place
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
