-- part rings: a lane apart that has jobs stands in one of its queue's three rings, one for each priority, where lanes take
-- turns; or it is out of them, and its state says why.
-- KEYS      1 base
-- ARGV      none
-- RETURNS   enter(lane, queue): it has jobs, and takes its turns; enter_again(lane): what kept it out is over
--           leave(lane, queue): it is in no ring, and waits for nothing
--           stand(lane, queue, n): n jobs more are pending in it (n < 0: fewer); nothing to do for a main lane
-- INCLUDES  lanes wake
-- INVARIANT state:QUEUE names each lane apart that has jobs, and whether it is in a ring or what keeps it out
local RING = { high = ':high:', [''] = ':ring:', low = ':low:' }
local function ring(lane, queue)
  local priority = said(lane)
  local key = KEYS[1] .. RING[priority] .. queue
  -- the main lane takes its turns in the normal ring, as long as there is one
  if redis.call('RPUSH', key, lane) == 1 and priority == '' then redis.call('RPUSH', key, '*') end
  wake(queue)
end
local function enter(lane, queue)
  if redis.call('HSETNX', KEYS[1] .. ':state:' .. queue, lane, 'ring') == 1 then ring(lane, queue) end
end
local function enter_again(lane)
  local queue = redis.call('HGET', KEYS[1] .. ':names', lane)
  local state = queue and redis.call('HGET', KEYS[1] .. ':state:' .. queue, lane)
  if not state or state == 'ring' then return end
  redis.call('HSET', KEYS[1] .. ':state:' .. queue, lane, 'ring')
  ring(lane, queue)
end
local function leave(lane, queue)
  local b = KEYS[1]
  for _, name in pairs(RING) do
    if redis.call('LREM', b .. name .. queue, 0, lane) > 0 and redis.call('LLEN', b .. name .. queue) == 1 then
      redis.call('LREM', b .. name .. queue, 0, '*')
    end
  end
  redis.call('ZREM', b .. ':held', lane)
  redis.call('ZREM', b .. ':parked', lane)
end
local function stand(lane, queue, n)
  if not is_apart(lane) then return end
  redis.call('HINCRBY', KEYS[1] .. ':backlog', queue, n)
  if n > 0 then enter(lane, queue) end
end
