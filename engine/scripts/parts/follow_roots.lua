-- part follow_roots: a flow has all its members; those that wait for nothing but that may start.
-- KEYS      1 base
-- ARGV      none
-- RETURNS   follow_roots(flow, now): nothing
-- INCLUDES  advance
-- INVARIANT open -> running; whoever was held for the gate alone is let go, at once or by the next script
local function follow_roots(flow, now)
  local key, edges = KEYS[1] .. ':flow:' .. flow, {}
  for i, id in ipairs(redis.call('LRANGE', key .. ':roots', 0, -1)) do
    edges[i] = flow .. ' gate completed fail ' .. id
  end
  redis.call('UNLINK', key .. ':roots')
  redis.call('HSET', key, 'state', 'running')
  redis.call('ZREM', KEYS[1] .. ':flows:open', flow)
  follow(edges, now)
end
