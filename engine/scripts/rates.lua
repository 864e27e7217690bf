#!lua flags=allow-oom
-- rates.lua: what was counted so far, and what had been counted about a minute ago.
-- KEYS      1 base
-- ARGV      1 how many ms back at most, if there is a reading as young as that; else the youngest one counts
-- RETURNS   {now, totals now, ms of the earlier reading or 0, totals then}; totals as the store lists a hash: iQUEUE taken
--           in, dQUEUE done, fQUEUE runs that failed, oQUEUE left for good, at: when a host last told (ms)
-- INCLUDES  clock
-- INVARIANT reads only
local b, now = KEYS[1], clock()
local totals = redis.call('HGETALL', b .. ':totals')
local found
for _, entry in ipairs(redis.call('LRANGE', b .. ':pace', 0, -1)) do
  local at, text = string.match(entry, '^(%d+) (.*)$')
  found = { tonumber(at), text }
  if now - found[1] <= tonumber(ARGV[1]) then break end
end
if not found then return { now, totals, 0, {} } end
return { now, totals, found[1], cjson.decode(found[2]) }
