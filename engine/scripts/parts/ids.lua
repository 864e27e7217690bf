-- part ids: the ids that new jobs and new entries get.
-- KEYS      1 base
-- ARGV      none
-- RETURNS   issue(n, now) -> ms as text, the seq before the first of n new ones
-- INVARIANT ids only grow, in one count for the whole namespace
local function issue(n, now)
  local meta = KEYS[1] .. ':meta'
  local last = redis.call('HMGET', meta, 'ms', 'seq')
  local ms = math.max(now, tonumber(last[1] or 0))
  local seq = ms == tonumber(last[1]) and tonumber(last[2]) or 0
  local stamp = string.format('%.0f', ms)
  redis.call('HSET', meta, 'ms', stamp, 'seq', string.format('%.0f', seq + n))
  return stamp, seq
end
