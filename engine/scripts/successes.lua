#!lua flags=allow-oom
-- successes.lua: when jobs of schedules last succeeded, and from when on one may ask why not; for metrics.
-- KEYS      1 base
-- ARGV      1 at most so many schedules: the first by name
-- RETURNS   for each: name, ms since the epoch (0 = never), since when its times count in s, paused (0 or 1), its times
-- INVARIANT reads only
local b, answer = KEYS[1], {}
local names = redis.call('HKEYS', b .. ':schedules')
table.sort(names)
for i = 1, math.min(#names, tonumber(ARGV[1])) do
  local said = redis.call('HMGET', b .. ':schedule:' .. names[i], 'success', 'since', 'slot', 'paused', 'times')
  answer[5 * i - 4] = names[i]
  answer[5 * i - 3] = tonumber(said[1] or 0)
  answer[5 * i - 2] = tonumber(said[2] or said[3] or 0) -- declared by a release that did not write it down
  answer[5 * i - 1] = tonumber(said[4] or 0)
  answer[5 * i] = said[5] or ''
end
return answer
