-- part later: how many jobs of a lane wait in scheduled.
-- KEYS      1 base
-- ARGV      none
-- RETURNS   later(lane, n): n jobs more do; no_longer(id): this one does not any more, and is to get its next place
-- INCLUDES  id lanes
-- INVARIANT marks sLANE counts them by the lane in their ids; later counts those of a queue's lanes apart
local function later(lane, n)
  local b = KEYS[1]
  redis.call('HINCRBY', b .. ':marks', 's' .. lane, n)
  if is_apart(lane) then redis.call('HINCRBY', b .. ':later', redis.call('HGET', b .. ':names', lane), n) end
end
local function no_longer(id)
  redis.call('ZREM', KEYS[1] .. ':scheduled', id)
  local lane = lane_of(id)
  if lane then later(lane, -1) end
end
