#!lua flags=allow-oom
-- look.lua: how far schedules have come; what became of their jobs is noted on the way.
-- KEYS      1 base
-- ARGV      names of schedules
-- RETURNS   {now, count of puts (it grows with every put and retract), then for each {last slot or '', slot that waits
--           for the end of a job or '', how many jobs have not ended, paused}}
-- INCLUDES  clock runs
-- INVARIANT no job moves
local b, now = KEYS[1], clock()
local answer = { now, tonumber(redis.call('HGET', b .. ':meta', 'puts') or 0) }
for i, name in ipairs(ARGV) do
  local state = b .. ':schedule:' .. name
  local known = redis.call('HMGET', state, 'slot', 'held', 'paused', 'open')
  local open = known[4] and known[4] ~= '' and #runs(state, now) or 0
  answer[i + 2] = { known[1] or '', known[2] or '', open, known[3] == '1' and 1 or 0 }
end
return answer
