-- part held: lanes that waited for a time, whose time has come.
-- KEYS      1 base
-- ARGV      none
-- RETURNS   let_in(now) -> ms until the next one's time, or nil
--           sieve(now) -> the types whose jobs stand in lanes of their own, as a set, or nil; lets lanes in on the way
-- INCLUDES  rings
-- INVARIANT held -> ring
local function let_in(now)
  local held = KEYS[1] .. ':held'
  for _, lane in ipairs(redis.call('ZRANGEBYSCORE', held, '-inf', now, 'LIMIT', 0, 100)) do
    redis.call('ZREM', held, lane)
    enter_again(lane)
  end
  local next_one = redis.call('ZRANGE', held, 0, 0, 'WITHSCORES')[2]
  return next_one and math.max(0, tonumber(next_one) - now)
end
local function sieve(now)
  let_in(now)
  local types
  for _, type in ipairs(redis.call('SMEMBERS', KEYS[1] .. ':apart')) do
    types = types or {}
    types[type] = true
  end
  return types
end
