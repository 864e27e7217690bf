#!lua flags=allow-oom
-- register.lua: a worker says who it is, which types it knows and what its file says of the queues.
-- KEYS      1 base
-- ARGV      1 incarnation  2 info (opaque bytes)  3 number of types, then type, queue, traits ... (what the store must
--           know of the type: JSON, '' = nothing), then queue, max_pending ...
-- RETURNS   now in ms
-- INCLUDES  clock
-- INVARIANT a dead incarnation cannot come back
local b, now = KEYS[1], clock()
if redis.call('ZSCORE', b .. ':gone', ARGV[1]) then return now end
redis.call('HSET', b .. ':workers', ARGV[1], ARGV[2])
redis.call('ZADD', b .. ':beats', now, ARGV[1])
local types = tonumber(ARGV[3])
for i = 4, 3 + 3 * types, 3 do
  redis.call('HSET', b .. ':types', ARGV[i], ARGV[i + 1])
  redis.call('HSET', b .. ':knows:' .. ARGV[1], ARGV[i], ARGV[i + 1])
  if ARGV[i + 2] == '' then redis.call('HDEL', b .. ':traits', ARGV[i])
  else redis.call('HSET', b .. ':traits', ARGV[i], ARGV[i + 2]) end
end
for i = 4 + 3 * types, #ARGV, 2 do
  local closed = string.match(redis.call('HGET', b .. ':limits', ARGV[i]) or '', '^closed') -- stays so (see gate)
  if closed then redis.call('HSET', b .. ':limits', ARGV[i], 'closed ' .. ARGV[i + 1])
  elseif ARGV[i + 1] == '0' then redis.call('HDEL', b .. ':limits', ARGV[i])
  else redis.call('HSET', b .. ':limits', ARGV[i], ARGV[i + 1]) end
end
return now
