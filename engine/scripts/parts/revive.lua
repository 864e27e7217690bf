-- part revive: a dead member of a flow gets another life: the flow is not over before that one has ended, too. Those
-- that were cancelled because it died stay so; those that wait for it ('wait') go on when it completes.
-- KEYS      1 base
-- ARGV      none
-- RETURNS   revive(id, record): nothing
-- INCLUDES  member
-- INVARIANT call it only for an id that was just taken out of its queue's dead letters
local function revive(id, record)
  local flow = redis.call('HGET', record, 'fi')
  local state = flow and flow_state(flow)
  if not state then return end
  local key = KEYS[1] .. ':flow:' .. flow
  redis.call('HDEL', key .. ':ended', id)
  if state == 'running' then return end
  redis.call('HSET', key, 'state', 'running')
  redis.call('HDEL', key, 'ended')
  redis.call('ZREM', KEYS[1] .. ':flows:over', flow)
end
