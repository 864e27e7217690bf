#!lua flags=allow-oom
-- hello.lua: somebody opened a connection. A new run of the server (restart, failover) begins a new epoch, so that no
-- token is ever given twice, even when the store went back in time.
-- KEYS      1 base
-- ARGV      1 the server's run id
-- RETURNS   {now in ms, epoch}
-- INCLUDES  clock
-- INVARIANT tokens only grow: token >= epoch * 2^36
local meta = KEYS[1] .. ':meta'
local now = clock()
redis.call('HSETNX', meta, 'since', now) -- no id is older
local known = redis.call('HMGET', meta, 'run', 'epoch', 'token')
local epoch = tonumber(known[2] or 0)
if known[1] ~= ARGV[1] then
  epoch = epoch + 1
  local token = math.max(tonumber(known[3] or 0), epoch * 68719476736)
  redis.call('HSET', meta, 'run', ARGV[1], 'epoch', epoch, 'token', string.format('%.0f', token), 'well',
    string.format('%.0f', now))
end
return { now, epoch }
