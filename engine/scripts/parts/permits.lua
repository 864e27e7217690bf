-- part permits: how many jobs of a limited lane may start now. A concurrency permit is a membership that ends with the
-- lease, never a count; a rate permit is spent when a job is claimed. A lane without one waits in the store: until a
-- time (held), or until a permit comes back (blocked).
-- KEYS      1 base
-- ARGV      none
-- RETURNS   allowance(lane, n, now, used) -> how many of n may start, the limits to take their permits from (see part
--           spend); or 0, and true unless the lane was put aside. used: limit -> permits this claim has taken
-- INCLUDES  lanes soon
-- INVARIANT a permit of a job that is not in processing is no permit: it is dropped when the limit is reached
local function limits_of(lane, queue)
  local b, found = KEYS[1], {}
  local _, tenant, type, key, cost = said(lane)
  local price = tonumber(cost) or 1
  local function add(text, name)
    if not text then return end
    for kind, rule in pairs(cjson.decode(text)) do
      if kind == 'rate' or kind == 'concurrency' then
        found[#found + 1] = { kind = kind, name = name, rule = rule, cost = price }
      end
    end
  end
  if type ~= '' then add(redis.call('HGET', b .. ':traits', type), 't:' .. type .. ':' .. key) end
  if tenant ~= '' then add(redis.call('HGET', b .. ':tenantry', queue), 'q:' .. queue .. ':' .. tenant) end
  return found
end
local function spaced(limit, n, now) -- GCRA: burst and even spacing in one number, the theoretical arrival time
  local key, each = KEYS[1] .. ':gcra:' .. limit.name, limit.rule.ms / limit.rule.n * limit.cost
  local slack = (math.max(limit.rule.burst, limit.cost) - limit.cost) * limit.rule.ms / limit.rule.n
  limit.base = math.max(tonumber(redis.call('GET', key) or 0), now)
  limit.each, limit.key = each, key
  local free = math.floor((now - limit.base + slack) / each) + 1
  return math.max(0, math.min(n, free)), math.ceil(limit.base - slack)
end
local function window(limit, n, now)
  local key, rule, cost = KEYS[1] .. ':window:' .. limit.name, limit.rule, math.min(limit.cost, limit.rule.n)
  redis.call('ZREMRANGEBYSCORE', key, '-inf', now - rule.ms)
  limit.key, limit.cost = key, cost
  local lacking = cost - (rule.n - redis.call('ZCARD', key))
  if lacking <= 0 then return math.min(n, math.floor((cost - lacking) / cost)) end
  return 0, tonumber(redis.call('ZRANGE', key, lacking - 1, lacking - 1, 'WITHSCORES')[2]) + rule.ms
end
local function permits(limit, n, now, used)
  local b = KEYS[1]
  limit.key = b .. ':permits:' .. limit.name
  local free = limit.rule - redis.call('ZCARD', limit.key)
  if free <= 0 then
    for _, lease in ipairs(redis.call('ZRANGEBYSCORE', limit.key, '-inf', '(' .. now, 'LIMIT', 0, 100)) do
      if not redis.call('ZSCORE', b .. ':processing', lease) then free = free + redis.call('ZREM', limit.key, lease) end
    end
  end
  -- One worker runs its batch one by one: permits for all of it would be held for nothing.
  local share = math.max(1, math.floor(limit.rule / math.max(1, redis.call('ZCARD', b .. ':beats'))))
  share = share - (used[limit.name] or 0)
  return math.max(0, math.min(n, free, share)), nil, free > 0
end
local function allowance(lane, n, now, used)
  local queue = redis.call('HGET', KEYS[1] .. ':names', lane)
  local limits, allowed = limits_of(lane, queue), n
  for _, limit in ipairs(limits) do
    local free, at, stays
    if limit.kind == 'concurrency' then free, at, stays = permits(limit, n, now, used)
    elseif limit.rule.burst then free, at = spaced(limit, n, now)
    else free, at = window(limit, n, now) end
    if free == 0 and stays then return 0, true end
    if free == 0 then
      redis.call('HSET', KEYS[1] .. ':state:' .. queue, lane, at and 'held' or 'blocked')
      if at then
        redis.call('ZADD', KEYS[1] .. ':held', at, lane)
        soon(at)
      else redis.call('SADD', KEYS[1] .. ':blocked:' .. limit.name, lane) end
      return 0
    end
    allowed = math.min(allowed, free)
  end
  return allowed, limits
end
