#!lua flags=allow-oom
-- register.lua: a worker says who it is, which types it knows and what its file says of the queues.
-- KEYS      1 base
-- ARGV      1 incarnation  2 info (opaque bytes)  3 number of types, then type, queue, traits ... (what the store must
--           know of the type: JSON, '' = nothing), then queue, its limits 'jobs bytes jobs bytes' (of the queue, of each
--           tenant; 0 = none), limits of each tenant's rate and concurrency (JSON, '' = none) ...
-- RETURNS   now in ms
-- INCLUDES  clock parking
-- INVARIANT a dead incarnation cannot come back; parked jobs of the types it knows take their turns
local b, now = KEYS[1], clock()
if redis.call('ZSCORE', b .. ':gone', ARGV[1]) then return now end
redis.call('HSET', b .. ':workers', ARGV[1], ARGV[2])
redis.call('ZADD', b .. ':beats', now, ARGV[1])
local types = tonumber(ARGV[3])
local function put(hash, field, value)
  if value == '' then redis.call('HDEL', b .. hash, field) else redis.call('HSET', b .. hash, field, value) end
end
local parked = redis.call('EXISTS', b .. ':parked') == 1
for i = 4, 3 + 3 * types, 3 do
  local type, traits = ARGV[i], ARGV[i + 2]
  redis.call('HSET', b .. ':types', type, ARGV[i + 1])
  redis.call('HSET', b .. ':knows:' .. ARGV[1], type, ARGV[i + 1])
  local before = redis.call('HGET', b .. ':traits', type) or ''
  put(':traits', type, traits)
  if before ~= traits then look_again(type) end
  local limited = string.find(traits, '"rate"', 1, true) or string.find(traits, '"concurrency"', 1, true)
  if limited or redis.call('SISMEMBER', b .. ':stopped', type) == 1 then redis.call('SADD', b .. ':apart', type)
  else redis.call('SREM', b .. ':apart', type) end
  if parked then let_out(type) end
end
for i = 4 + 3 * types, #ARGV, 3 do
  local room = ARGV[i + 1] ~= '0 0 0 0' and ARGV[i + 1] or ''
  local closed = string.match(redis.call('HGET', b .. ':limits', ARGV[i]) or '', '^closed') -- stays so (see gate)
  put(':limits', ARGV[i], closed and 'closed ' .. ARGV[i + 1] or room)
  put(':tenantry', ARGV[i], ARGV[i + 2])
end
return now
