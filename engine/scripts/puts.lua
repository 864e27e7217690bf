#!lua flags=allow-oom
-- puts.lua: the schedules that were put by API, for the janitors that fire them.
-- KEYS      1 base
-- ARGV      none
-- RETURNS   {count of puts, their definitions}
-- INVARIANT reads only
local b, found = KEYS[1], {}
local rows = redis.call('HGETALL', b .. ':schedules')
for i = 1, #rows, 2 do
  if redis.call('HEXISTS', b .. ':schedule:' .. rows[i], 'by:api') == 1 then found[#found + 1] = rows[i + 1] end
end
return { tonumber(redis.call('HGET', b .. ':meta', 'puts') or 0), found }
