-- part clock: the store's own time; no host's clock is ever trusted.
-- KEYS      none
-- ARGV      none
-- RETURNS   clock() -> milliseconds since the epoch
-- INVARIANT reads only
local function clock()
  local t = redis.call('TIME')
  return t[1] * 1000 + math.floor(t[2] / 1000)
end
