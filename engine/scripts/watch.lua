#!lua flags=allow-oom
-- watch.lua: somebody waits for these jobs' (or flows') ends; the scripts that end jobs will tell.
-- KEYS      1 base
-- ARGV      1 how long, in ms, then ids
-- RETURNS   those among them that wait no more: they have ended already
-- INCLUDES  clock id member
-- INVARIANT a watch ends by itself
local b, now, ended = KEYS[1], clock(), {}
for i = 2, #ARGV do
  local id = ARGV[i]
  local lane, entry = lane_of(id)
  local state = redis.call('HGET', b .. ':job:' .. id, 's')
  local open = state and state ~= 'completed' and state ~= 'dead' and state ~= 'cancelled'
  if not state and lane then
    open = redis.call('EXISTS', b .. ':job:' .. id) == 1 or redis.call('XRANGE', b .. ':lane:' .. lane, entry, entry)[1]
  end
  if not lane then open = open or flow_state(id) == 'open' or flow_state(id) == 'running' end -- a flow's id
  if open then redis.call('ZADD', b .. ':watched', 'GT', now + tonumber(ARGV[1]), id)
  else ended[#ended + 1] = id end
end
return ended
