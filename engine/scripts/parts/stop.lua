-- part stop: a flow is cancelled: what has not started never will, what runs is asked to stop.
-- KEYS      1 base
-- ARGV      none
-- RETURNS   stop(flow, why) -> its state before, or nil when there is none; from here on no member starts
--           halt(flow, limit, now) -> whether all its members were seen to; else call it again
-- INCLUDES  member call_off
-- INVARIANT a flow stands in flows:stop until all its members were seen to
local function stop(flow, why)
  local b, state = KEYS[1], flow_state(flow)
  if state ~= 'open' and state ~= 'running' then return state end
  local key = b .. ':flow:' .. flow
  redis.call('HSETNX', key, 'stop', why)
  redis.call('SADD', b .. ':flows:stop', flow)
  if state == 'open' then
    redis.call('HSET', key, 'state', 'running')
    redis.call('ZREM', b .. ':flows:open', flow)
    redis.call('UNLINK', key .. ':roots')
  end
  return state
end
local function halt(flow, limit, now)
  local b, seen, ended = KEYS[1], 0, {}
  local key = b .. ':flow:' .. flow
  for _, id in ipairs(redis.call('HKEYS', key .. ':ended')) do ended[id] = true end
  for _, id in ipairs(redis.call('HVALS', key .. ':members')) do
    if not ended[id] and redis.call('ZSCORE', b .. ':cancels', id) == false then
      if seen == limit then return false end
      seen = seen + 1
      call_off(id, 3600000, now, '- its flow was cancelled')
    end
  end
  redis.call('SREM', b .. ':flows:stop', flow)
  return true
end
