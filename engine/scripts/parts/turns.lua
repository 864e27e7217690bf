-- part turns: the lanes of a ring take turns, a few jobs each, so that none waits for another to be empty.
-- KEYS      1 base
-- ARGV      none
-- RETURNS   turns(queue, main lane, n, to) -> how many were taken from all rings of the queue; high ones first. to: see
--           part take, and skip (set of types to pass over), lease (of the i-th taken), now, old (ms after which a job
--           goes before those of higher priority; 0 = never)
-- INCLUDES  lanes permits spend take rest ages parking rings
-- INVARIANT a lane that has jobs is in its ring or has a state that says why not; one without jobs is in none
local function newest(n, to)
  local leases = {}
  for i = #to.taken - n + 1, #to.taken do leases[#leases + 1] = to.lease(i) end
  return leases
end
local function idle(lane, queue)
  redis.call('HDEL', KEYS[1] .. ':state:' .. queue, lane)
end
local function visit(lane, queue, n, to)
  local _, _, type = said(lane)
  if to.skip[type] then return 0, true, true end
  if type ~= '' and to.sieve and redis.call('SISMEMBER', KEYS[1] .. ':stopped', type) == 1 then
    park_lane(lane, queue, to.now)
    return 0, false
  end
  local allowed, limits = allowance(lane, n, to.now, to.used)
  if allowed == 0 then return 0, limits == true end
  local before, left = rest(lane), nil
  local took = from_lane(lane, allowed, to)
  left = rest(lane)
  stand(lane, queue, left - before)
  if took > 0 and #limits > 0 then spend(limits, newest(took, to), to.now, to.used) end
  if left <= 0 then idle(lane, queue) end
  return took, left > 0
end
local function walk(key, queue, main, n, to)
  local length, took, fruitless = redis.call('LLEN', key), 0, 0
  local share = math.max(1, math.min(10, math.ceil(n / math.max(1, length))))
  for _ = 1, 1000 do
    if took >= n or fruitless >= length then break end
    local lane = redis.call('LPOP', key)
    local got, stays, passed_over
    if lane == '*' then
      redis.call('RPUSH', key, lane) -- first, for jobs that are sorted out of it may bring lanes into this ring
      got = from_lane(main, math.min(share, n - took), to)
    else got, stays, passed_over = visit(lane, queue, math.min(share, n - took), to) end
    took = took + got
    if stays then redis.call('RPUSH', key, lane) end
    if stays or lane == '*' then fruitless = got > 0 and 0 or fruitless + 1
    else length = length - 1 end -- one that left counts as neither: there may be others that were not asked yet
    if passed_over then to.passed = (to.passed or 0) + 1 end
  end
  if redis.call('LLEN', key) == 1 and redis.call('LINDEX', key, 0) == '*' then redis.call('DEL', key) end
  return took
end
local function turns(queue, main, n, to)
  local b, took = KEYS[1], 0
  local function of(ring, most) took = took + walk(b .. ring .. queue, queue, main, most, to) end
  if to.old > 0 then
    for _, ring in ipairs({ ':low:', ':ring:' }) do
      if took < n and waited(b .. ring .. queue, main, to) then of(ring, math.ceil((n - took) / 2)) end
    end
  end
  if took < n then of(':high:', n - took) end
  if took < n and redis.call('EXISTS', b .. ':ring:' .. queue) == 1 then of(':ring:', n - took)
  elseif took < n then took = took + from_lane(main, n - took, to) end
  if took < n then of(':low:', n - took) end
  return took
end
