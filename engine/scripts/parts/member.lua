-- part member: what may become of one member of a flow.
-- KEYS      1 base
-- ARGV      none
-- RETURNS   flow_state(flow) -> 'open', 'running', 'completed', 'failed', 'cancelled', or nil when it is no more
--           noted(flow, id, record, how, now): nothing; it has ended: 'completed', 'dead', 'cancelled' or 'skipped'
--           barred(flow, id, record, how, why, now): nothing; it was held, and will not run
--           set_free(id, record, now) -> true when it is to join its lane now; it was held, and waits for its time or joins
--           over(flow, now): nothing; when all members have ended, the flow has
-- INCLUDES  id tell later soon
-- INVARIANT needs:ID stands exactly while ID is held; a record stays until its flow is pruned, but for dead letters,
--           which have a life of their own
local NEVER = 9000000000000000 -- ms
local function flow_state(flow)
  local state = redis.call('HGET', KEYS[1] .. ':flow:' .. flow, 'state')
  if state and state ~= 'gone' then return state end
end
local function noted(flow, id, record, how)
  redis.call('HSET', KEYS[1] .. ':flow:' .. flow .. ':ended', id, how)
  if how == 'dead' then return end
  redis.call('PERSIST', record)
  redis.call('ZADD', KEYS[1] .. ':finished', NEVER, id)
end
local function barred(flow, id, record, how, why, now)
  local b = KEYS[1]
  no_longer(id)
  redis.call('UNLINK', b .. ':needs:' .. id)
  redis.call('HSET', record, 's', 'cancelled', 'f', now, 'fy', why)
  noted(flow, id, record, how)
end
local function set_free(id, record, now)
  local b, when = KEYS[1], redis.call('HGET', record, 'fw') or ''
  if when == '' then
    no_longer(id)
    redis.call('HSET', record, 'd', now)
    return true
  end
  local due = (string.sub(when, 1, 1) == '+' and now or 0) + tonumber(string.sub(when, 2))
  redis.call('ZADD', b .. ':scheduled', due, id)
  soon(due)
  redis.call('HSET', record, 'd', string.format('%.0f', due))
  return false
end
local function over(flow, now)
  local key = KEYS[1] .. ':flow:' .. flow
  if redis.call('HLEN', key .. ':ended') < redis.call('HLEN', key .. ':members') then return end
  local known = redis.call('HMGET', key, 'state', 'keep', 'stop')
  if known[1] ~= 'running' then return end
  local state = known[3] and 'cancelled' or 'completed'
  if state == 'completed' then
    for _, how in ipairs(redis.call('HVALS', key .. ':ended')) do
      if how == 'dead' or how == 'cancelled' then state = 'failed' end
    end
  end
  redis.call('HSET', key, 'state', state, 'ended', now)
  redis.call('ZADD', KEYS[1] .. ':flows:over', now + tonumber(known[2]), flow)
  tell({ flow })
end
