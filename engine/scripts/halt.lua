#!lua flags=allow-oom
-- halt.lua: a paused schedule lets its slots go by; what went by in a pause is not made up for.
-- KEYS      1 base
-- ARGV      1 schedule  2 '1' to pause, '0' to resume
-- RETURNS   1 when that changed anything, 0 when not, -1 when there is no such schedule
-- INCLUDES  clock
-- INVARIANT no job moves; a schedule's slot only grows
local state = KEYS[1] .. ':schedule:' .. ARGV[1]
local known = redis.call('HMGET', state, 'slot', 'paused')
if not known[1] then return -1 end
if known[2] == ARGV[2] then return 0 end
redis.call('HSET', state, 'paused', ARGV[2])
if ARGV[2] == '0' then
  local slot = math.max(math.floor(clock() / 1000), tonumber(known[1]))
  redis.call('HSET', state, 'slot', string.format('%.0f', slot), 'since', math.floor(clock() / 1000))
end
return 1
