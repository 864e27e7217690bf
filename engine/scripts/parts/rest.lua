-- part rest: how many jobs are pending in a lane.
-- KEYS      1 base
-- ARGV      none
-- RETURNS   rest(lane)
-- INVARIANT reads only
local function rest(lane)
  local b = KEYS[1]
  return redis.call('XLEN', b .. ':lane:' .. lane) + redis.call('LLEN', b .. ':head:' .. lane)
    - (redis.call('HGET', b .. ':marks', 'p' .. lane) or 0)
end
