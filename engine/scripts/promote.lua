#!lua flags=allow-oom
-- promote.lua: jobs whose time has come join the end of their lanes; the entry there is a reference, the body stays in
-- the job's record.
-- KEYS      1 base
-- ARGV      1 limit
-- RETURNS   {moved, ms until the next is due or -1}
-- INCLUDES  clock id wake aside
-- INVARIANT scheduled -> pending; a record that cannot be read is set aside alone
local b, now = KEYS[1], clock()
local due = redis.call('ZRANGEBYSCORE', b .. ':scheduled', '-inf', now, 'LIMIT', 0, ARGV[1])
local last = redis.call('HMGET', b .. ':meta', 'ms', 'seq')
local ms = math.max(now, tonumber(last[1] or 0))
local seq = ms == tonumber(last[1]) and tonumber(last[2]) or 0
redis.call('HSET', b .. ':meta', 'ms', string.format('%.0f', ms), 'seq', string.format('%.0f', seq + #due))
local moved = 0
for _, id in ipairs(due) do
  seq = seq + 1
  local lane = lane_of(id)
  local queue = redis.call('HGET', b .. ':job:' .. id, 'q')
  redis.call('ZREM', b .. ':scheduled', id)
  if lane then redis.call('HINCRBY', b .. ':marks', 's' .. lane, -1) end
  if lane and queue then
    local entry = string.format('%.0f-%.0f', ms, seq)
    redis.call('XADD', b .. ':lane:' .. lane, entry, 'ref', id)
    redis.call('HSET', b .. ':job:' .. id, 's', 'pending', 'at', entry)
    wake(queue)
    moved = moved + 1
  else aside(id, 'scheduled without a record', id) end
end
local next_due = redis.call('ZRANGE', b .. ':scheduled', 0, 0, 'WITHSCORES')[2]
return { moved, next_due and math.max(0, tonumber(next_due) - now) or -1 }
