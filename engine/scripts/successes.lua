#!lua flags=allow-oom
-- successes.lua: when jobs of schedules last succeeded, for metrics.
-- KEYS      1 base
-- ARGV      1 at most so many schedules: the first by name
-- RETURNS   name, ms since the epoch (0 = never) ...
-- INVARIANT reads only
local b, answer = KEYS[1], {}
local names = redis.call('HKEYS', b .. ':schedules')
table.sort(names)
for i = 1, math.min(#names, tonumber(ARGV[1])) do
  answer[2 * i - 1] = names[i]
  answer[2 * i] = tonumber(redis.call('HGET', b .. ':schedule:' .. names[i], 'success') or 0)
end
return answer
