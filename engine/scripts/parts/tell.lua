-- part tell: those who wait for a job's end hear of it; for jobs nobody waits for it costs one EXISTS a script. Whose
-- cancel was asked for is watched too (cancel.lua sees to it), so that its request goes with it at no cost to others.
-- KEYS      1 base
-- ARGV      none
-- RETURNS   tell(ids): nothing
-- INVARIANT an id that was told is watched no longer, and nobody asks for its cancel any more
local function tell(ids)
  local watched = KEYS[1] .. ':watched'
  if redis.call('EXISTS', watched) == 0 then return end
  for _, id in ipairs(ids) do
    if redis.call('ZREM', watched, id) == 1 then
      redis.call('ZREM', KEYS[1] .. ':cancels', id)
      redis.call('PUBLISH', KEYS[1] .. ':done', id)
    end
  end
end
