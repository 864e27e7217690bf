-- part soon: something falls due earlier than the janitor knew: it sleeps on a mark, and is woken.
-- KEYS      1 base
-- ARGV      none
-- RETURNS   soon(at): nothing; at in ms
-- INVARIANT meta next is not later than what is due first, or a mark is there
local function soon(at)
  local b = KEYS[1]
  local known = tonumber(redis.call('HGET', b .. ':meta', 'next') or 0)
  if known <= at then return end
  redis.call('HSET', b .. ':meta', 'next', string.format('%.0f', at))
  if redis.call('EXISTS', b .. ':due') == 0 then redis.call('LPUSH', b .. ':due', '1') end
end
