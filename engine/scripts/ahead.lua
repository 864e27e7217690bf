#!lua flags=allow-oom
-- ahead.lua: how many jobs stand before a pending one in its lane.
-- KEYS      1 base
-- ARGV      1 id  2 how many are counted at most
-- RETURNS   {how many, 1 when there are more than were counted}; {-1, 0} when it does not stand there
-- INCLUDES  id
-- INVARIANT reads only; a hundred entries at a time, and no further than 4 MB of bodies
local b, limit = KEYS[1], tonumber(ARGV[2])
local lane, entry = lane_of(ARGV[1])
if not lane then return { -1, 0 } end
local known = redis.call('HMGET', b .. ':job:' .. ARGV[1], 'at', 'l')
lane = known[2] or lane -- it may have gone to a lane of its type
local head = b .. ':head:' .. lane
local place = redis.call('LPOS', head, ARGV[1])
if place then return { math.min(place, limit), place > limit and 1 or 0 } end
local upto = known[1] or entry
local stream, cursor = b .. ':lane:' .. lane, redis.call('HGET', b .. ':marks', 'c' .. lane) or '0-0'
local ahead, bytes = redis.call('LLEN', head), 0
while ahead <= limit and bytes < 4194304 do
  local rows = redis.call('XRANGE', stream, '(' .. cursor, upto, 'COUNT', 100)
  for _, row in ipairs(rows) do
    if row[1] == upto then return { math.min(ahead, limit), ahead > limit and 1 or 0 } end
    ahead, cursor = ahead + 1, row[1]
    for _, part in ipairs(row[2]) do bytes = bytes + #part end
  end
  if #rows == 0 then return { -1, 0 } end
end
return { math.min(ahead, limit), 1 }
