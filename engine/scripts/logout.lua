#!lua flags=allow-oom
-- logout.lua: a gateway's session is over before its time; those that would be over by now are forgotten.
-- KEYS      1 base
-- ARGV      1 name of the session  2 until when it would have lasted, seconds since the epoch by a gateway's clock
-- RETURNS   1
-- INCLUDES  clock
-- INVARIANT no job moves; twice is as once; a clock that is wrong by less than a day forgets none too early
local key, day = KEYS[1] .. ':logouts', 86400
redis.call('ZREMRANGEBYSCORE', key, '-inf', clock() / 1000 - day)
redis.call('ZADD', key, ARGV[2], ARGV[1])
return 1
