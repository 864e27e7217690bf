-- part give: a job goes back to the head of its queue. The cursor of a lane never moves back, so what is given back
-- stands in a list of its own, which claims look at first.
-- KEYS      1 base
-- ARGV      none
-- RETURNS   give(id, 'what who why' for its story or nil, now) -> queue, or nil when the job has no body any more; one
--           that nobody wants ends instead
-- INCLUDES  id unwanted rings story regain
-- INVARIANT call it only for an id that was just taken out of processing; give the last one first to keep the order
local function give(id, word, now)
  local ended = unwanted(id)
  if ended then return ended end
  local b = KEYS[1]
  local lane = lane_of(id)
  local queue = redis.call('HGET', b .. ':names', lane)
  local known = redis.call('HMGET', b .. ':job:' .. id, 't', 'l')
  if known[1] then
    redis.call('HSET', b .. ':job:' .. id, 's', 'pending')
    if word then story(b .. ':job:' .. id, word, now) end
    regain(id, b .. ':job:' .. id)
  end
  lane = known[2] or lane
  redis.call('LPUSH', b .. ':head:' .. lane, id)
  stand(lane, queue, 1)
  return queue
end
