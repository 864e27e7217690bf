#!lua flags=allow-oom
-- pause.lua: a paused queue takes jobs and gives none out.
-- KEYS      1 base
-- ARGV      1 queue  2 '1' to pause, '0' to resume
-- RETURNS   1 when that changed anything, else 0
-- INCLUDES  wake
-- INVARIANT no job moves
if ARGV[2] == '1' then return redis.call('SADD', KEYS[1] .. ':paused', ARGV[1]) end
local changed = redis.call('SREM', KEYS[1] .. ':paused', ARGV[1])
wake(ARGV[1])
return changed
