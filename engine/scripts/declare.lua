#!lua flags=allow-oom
-- declare.lua: a janitor says which schedules its file has. A new one, and one whose times were changed, starts from
-- now; an unchanged one goes on where it was. One that no file has any more is removed.
-- KEYS      1 base
-- ARGV      1 who says so (host and file)  2 how long the word of another counts, in ms; then for each schedule: name,
--           definition, its times as one text, paused (0 or 1)
-- RETURNS   {now, the names removed}
-- INCLUDES  clock
-- INVARIANT no job moves; a schedule's slot only grows
local b, origin, stale, now = KEYS[1], 'by:' .. ARGV[1], tonumber(ARGV[2]), clock()
local mine, removed = {}, {}
for i = 3, #ARGV, 4 do
  local name, times, paused = ARGV[i], ARGV[i + 2], ARGV[i + 3]
  local state = b .. ':schedule:' .. name
  mine[name] = true
  local known = redis.call('HMGET', state, 'times', 'asked', 'slot')
  if known[1] ~= times then
    local slot = math.max(math.floor(now / 1000), tonumber(known[3] or 0))
    redis.call('HSET', state, 'times', times, 'slot', string.format('%.0f', slot))
    redis.call('HDEL', state, 'held')
  end
  -- what the file says counts when it is new there: a pause by hand outlives the janitor's restart
  if known[2] ~= paused then redis.call('HSET', state, 'asked', paused, 'paused', paused) end
  redis.call('HSET', state, origin, now)
  redis.call('HSET', b .. ':schedules', name, ARGV[i + 1])
end
local function wanted(state)
  redis.call('HDEL', state, origin)
  local fields = redis.call('HGETALL', state)
  for i = 1, #fields, 2 do
    if string.sub(fields[i], 1, 3) == 'by:' and now - tonumber(fields[i + 1]) < stale then return true end
  end
  return false
end
for _, name in ipairs(redis.call('HKEYS', b .. ':schedules')) do
  local state = b .. ':schedule:' .. name
  if not mine[name] and not wanted(state) then
    redis.call('HDEL', b .. ':schedules', name)
    redis.call('UNLINK', state)
    removed[#removed + 1] = name
  end
end
return { now, removed }
