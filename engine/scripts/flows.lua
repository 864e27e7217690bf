#!lua flags=allow-oom
-- flows.lua: the flows there are, the newest first.
-- KEYS      1 base
-- ARGV      1 how many to pass over  2 how many
-- RETURNS   for each {flow, members, ended, its fields {name, value, ...}}
-- INCLUDES  member
-- INVARIANT reads only
local b, found = KEYS[1], {}
for _, flow in ipairs(redis.call('ZREVRANGE', b .. ':flows', ARGV[1], ARGV[1] + ARGV[2] - 1)) do
  local key = b .. ':flow:' .. flow
  if flow_state(flow) then
    found[#found + 1] = { flow, redis.call('HLEN', key .. ':members'), redis.call('HLEN', key .. ':ended'), redis.call('HGETALL', key) }
  end
end
return found
