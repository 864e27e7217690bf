-- part tell: those who wait for a job's end hear of it; for jobs nobody waits for it costs one EXISTS a script.
-- KEYS      1 base
-- ARGV      none
-- RETURNS   tell(ids): nothing
-- INVARIANT an id that was told is watched no longer
local function tell(ids)
  local watched = KEYS[1] .. ':watched'
  if redis.call('EXISTS', watched) == 0 then return end
  for _, id in ipairs(ids) do
    if redis.call('ZREM', watched, id) == 1 then redis.call('PUBLISH', KEYS[1] .. ':done', id) end
  end
end
