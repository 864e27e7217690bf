-- part pace: the totals as they were twenty, forty ... seconds ago: what a rate of the last minute is made of.
-- KEYS      1 base
-- ARGV      none
-- RETURNS   pace(now): nothing; whoever counts or samples calls it
-- INVARIANT the list has 5 entries at most, newest last, twenty seconds apart at least; an entry is 'ms JSON', the JSON being
--           the hash totals as the store lists it
local function pace(now)
  local key = KEYS[1] .. ':pace'
  local last = redis.call('LINDEX', key, -1)
  local at = last and tonumber(string.match(last, '^%d+'))
  if at and now >= at and now - at < 20000 then return end
  local totals = redis.call('HGETALL', KEYS[1] .. ':totals')
  if #totals == 0 then return end
  redis.call('RPUSH', key, string.format('%.0f ', now) .. cjson.encode(totals))
  redis.call('LTRIM', key, -5, -1)
end
