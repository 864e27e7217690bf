-- part single: of jobs that count as the same one stands at a time (docs/unique.md).
-- KEYS      1 base
-- ARGV      none
-- RETURNS   own_lock(unique) -> the lock that it is about
--           verdict(unique, lock) -> 'new'; 'behind', id: it waits behind that one, which runs; 'stands', id: that one
--           answers for it; or 'conflict', id; reads only
--           meet(id, job, unique, now) -> id; that job stands and answers for another one, as the policy says
--           unique, the policy: letter (see part locks), hash, conflict, period and max_wait in ms
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
local function own_lock(unique)
  local mark = unique.letter .. ':' .. unique.hash
  return { key = lock_name(unique.letter, unique.hash), mark = mark, before = '', ms = unique.letter == 't' and unique.period }
end
local function verdict(unique, lock)
  local id, behind = holders(lock.key)
  local record = KEYS[1] .. ':job:' .. (id or '')
  if not id or (unique.letter ~= 't' and redis.call('EXISTS', record) == 0) then return 'new' end
  if unique.letter == 'k' then
    local known = redis.call('HMGET', record, 's', 'b')
    if not known[2] and known[1] ~= 'processing' then return 'stands', id end
    return behind and 'stands' or 'behind', behind or id
  end
  return unique.conflict == 'raise' and 'conflict' or 'stands', id
end
local function meet(id, job, unique, now)
  if unique.letter == 'k' then return replace(id, job) end
  local record, debounced = KEYS[1] .. ':job:' .. id, unique.letter == 'd'
  local state = redis.call('HGET', record, 's')
  if state ~= 'pending' and state ~= 'scheduled' then return id end
  if debounced or unique.conflict == 'replace' then replace(id, job) end
  if debounced then
    local latest = unique.max_wait and tonumber(string.match(id, '%-(%d+)%-')) + unique.max_wait
    put_off(id, record, math.min(now + unique.period, latest or 9e15))
  elseif unique.conflict == 'extend' and job.when ~= '' then put_off(id, record, moment(job.when, now)) end
  return id
end
