-- part parking: lanes of a type that nobody may run now: no live worker knows it, or it is paused.
-- KEYS      1 base
-- ARGV      none
-- RETURNS   park_lane(lane, queue, now): it is out of its ring; let_out(type): its lanes take their turns again
--           look_again(type): its limits are others now: lanes that wait for a time take their turns again
--           known(type) -> whether a live worker knows it
-- INCLUDES  lanes rings
-- INVARIANT a parked lane stands in parked, and in no ring
local function known(type)
  local b = KEYS[1]
  for _, inc in ipairs(redis.call('ZRANGE', b .. ':beats', 0, -1)) do
    if redis.call('HEXISTS', b .. ':knows:' .. inc, type) == 1 then return true end
  end
  return false
end
local function park_lane(lane, queue, now)
  local b = KEYS[1]
  local state = b .. ':state:' .. queue
  if redis.call('HGET', state, lane) == 'parked' then return end
  redis.call('HSET', state, lane, 'parked')
  leave(lane, queue)
  redis.call('ZADD', b .. ':parked', now, lane)
end
local function turn_again(kept_out, type)
  for _, lane in ipairs(redis.call('ZRANGE', KEYS[1] .. kept_out, 0, -1)) do
    local _, _, of = said(lane)
    if of == type then
      redis.call('ZREM', KEYS[1] .. kept_out, lane)
      enter_again(lane)
    end
  end
end
local function look_again(type) turn_again(':held', type) end
local function let_out(type)
  if redis.call('SISMEMBER', KEYS[1] .. ':stopped', type) == 0 then turn_again(':parked', type) end
end
