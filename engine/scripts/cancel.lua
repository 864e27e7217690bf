#!lua flags=allow-oom
-- cancel.lua: a job that has not started will not start. Its record stays for a while, to be looked at. One that runs
-- is asked to stop: its keeper hears of it when it next extends leases.
-- KEYS      1 base
-- ARGV      1 id  2 how long the record is kept, in ms  3 '1': ask one that runs to stop
-- RETURNS   'cancelled', or why not: 'asked' (it runs), 'processing', 'finished', 'unknown'
-- INCLUDES  clock id lift tell
-- INVARIANT pending or scheduled -> finished (cancelled); only what is in processing stands in cancels
local b, id, now = KEYS[1], ARGV[1], clock()
local lane, entry = lane_of(id)
if not lane then return 'unknown' end
local record = b .. ':job:' .. id
local known = redis.call('HMGET', record, 's', 'at')
local stream, marks = b .. ':lane:' .. lane, b .. ':marks'
local function after(x, y)
  local xm, xs = string.match(x, '(%d+)-(%d+)')
  local ym, ys = string.match(y, '(%d+)-(%d+)')
  return tonumber(xm) > tonumber(ym) or (tonumber(xm) == tonumber(ym) and tonumber(xs) > tonumber(ys))
end
local state = known[1]
local function runs()
  if ARGV[3] ~= '1' then return 'processing' end
  redis.call('ZADD', b .. ':cancels', 'NX', now, id)
  redis.call('ZADD', b .. ':watched', 'GT', now + 7 * 86400000, id) -- so that tell looks at it
  return 'asked'
end
if state == 'processing' then return runs() end
if state == 'completed' or state == 'dead' or state == 'cancelled' then return 'finished' end
if state == 'scheduled' then
  redis.call('ZREM', b .. ':scheduled', id)
  redis.call('HINCRBY', marks, 's' .. lane, -1)
elseif redis.call('LREM', b .. ':head:' .. lane, 1, id) == 0 then
  if state == 'pending' then redis.call('XDEL', stream, known[2])
  else
    if not redis.call('XRANGE', stream, entry, entry)[1] then return 'unknown' end
    if not after(entry, redis.call('HGET', marks, 'c' .. lane) or '0-0') then return runs() end
    -- lift counts the entry as one the cursor has passed; this one it has not
    redis.call('HINCRBY', marks, 'p' .. lane, 1)
  end
end
lift(id)
redis.call('HSET', record, 's', 'cancelled', 'f', now)
redis.call('PEXPIRE', record, ARGV[2])
redis.call('ZADD', b .. ':finished', now + tonumber(ARGV[2]), id)
tell({ id })
return 'cancelled'
