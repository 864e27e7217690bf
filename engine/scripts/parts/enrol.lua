-- part enrol: a schedule as somebody says it now is. A new one, and one whose times were changed, starts from now; an
-- unchanged one goes on where it was.
-- KEYS      1 base
-- ARGV      none
-- RETURNS   enrol(name, definition, its times as one text, paused '0' or '1', origin, now): nothing
-- INVARIANT moves no job; a schedule's slot only grows
local function enrol(name, definition, times, paused, origin, now)
  local state = KEYS[1] .. ':schedule:' .. name
  local known = redis.call('HMGET', state, 'times', 'asked', 'slot')
  if known[1] ~= times then
    local slot = math.max(math.floor(now / 1000), tonumber(known[3] or 0))
    redis.call('HSET', state, 'times', times, 'slot', string.format('%.0f', slot), 'since', math.floor(now / 1000))
    redis.call('HDEL', state, 'held')
  end
  -- what is declared counts when it is new: a pause by hand outlives the janitor's restart
  if known[2] ~= paused then
    redis.call('HSET', state, 'asked', paused, 'paused', paused, 'since', math.floor(now / 1000))
  end
  redis.call('HSET', state, 'by:' .. origin, now)
  redis.call('HSET', KEYS[1] .. ':schedules', name, definition)
end
