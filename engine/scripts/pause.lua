#!lua flags=allow-oom
-- pause.lua: a paused queue takes jobs and gives none out; of a paused type no job starts, in whatever queue.
-- KEYS      1 base
-- ARGV      1 queue or type  2 '1' to pause, '0' to resume  3 'queue' or 'type'
-- RETURNS   1 when that changed anything, else 0
-- INCLUDES  wake parking
-- INVARIANT no job moves
local b, name = KEYS[1], ARGV[1]
if ARGV[3] == 'queue' then
  if ARGV[2] == '1' then return redis.call('SADD', b .. ':paused', name) end
  local changed = redis.call('SREM', b .. ':paused', name)
  wake(name)
  return changed
end
if ARGV[2] == '1' then
  redis.call('SADD', b .. ':apart', name) -- claims sort such jobs out of all lanes
  return redis.call('SADD', b .. ':stopped', name)
end
local changed = redis.call('SREM', b .. ':stopped', name)
local traits = redis.call('HGET', b .. ':traits', name) or ''
if not string.find(traits, '"rate"', 1, true) and not string.find(traits, '"concurrency"', 1, true) then
  redis.call('SREM', b .. ':apart', name)
end
let_out(name)
return changed
