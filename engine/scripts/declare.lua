#!lua flags=allow-oom
-- declare.lua: a janitor says which schedules its file has. One that no file has any more is removed; one that was put
-- by API stays, unless the file has its name: then it is the file's.
-- KEYS      1 base
-- ARGV      1 who says so (host and file)  2 how long the word of another counts, in ms; then for each schedule: name,
--           definition, its times as one text, paused (0 or 1)
-- RETURNS   {now, the names removed, the names that were put by API until now}
-- INCLUDES  clock enrol filed
-- INVARIANT no job moves; a schedule's slot only grows
local b, origin, stale, now = KEYS[1], ARGV[1], tonumber(ARGV[2]), clock()
local mine, removed, taken = {}, {}, {}
for i = 3, #ARGV, 4 do
  local name = ARGV[i]
  mine[name] = true
  enrol(name, ARGV[i + 1], ARGV[i + 2], ARGV[i + 3], origin, now)
  if redis.call('HDEL', b .. ':schedule:' .. name, 'by:api') == 1 then taken[#taken + 1] = name end
end
for _, name in ipairs(redis.call('HKEYS', b .. ':schedules')) do
  local state = b .. ':schedule:' .. name
  if not mine[name] then
    redis.call('HDEL', state, 'by:' .. origin)
    if redis.call('HEXISTS', state, 'by:api') == 0 and not filed(name, stale, now) then
      redis.call('HDEL', b .. ':schedules', name)
      redis.call('UNLINK', state)
      removed[#removed + 1] = name
    end
  end
end
if #taken > 0 then redis.call('HINCRBY', b .. ':meta', 'puts', 1) end
return { now, removed, taken }
