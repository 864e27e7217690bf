#!lua flags=allow-oom
-- cancel.lua: a job that has not started will not start. Its record stays for a while, to be looked at. One that runs
-- is asked to stop: its keeper hears of it when it next extends leases.
-- KEYS      1 base
-- ARGV      1 id  2 how long the record is kept, in ms  3 '1': ask one that runs to stop  4 who says so,
--           one word
-- RETURNS   'cancelled', or why not: 'asked' (it runs), 'processing', 'finished', 'unknown'
-- INCLUDES  clock annul story
-- INVARIANT pending or scheduled -> finished (cancelled); only what is in processing stands in cancels
local now = clock()
local said = annul(ARGV[1], ARGV[2], now, ARGV[4])
if said ~= 'processing' or ARGV[3] ~= '1' then return said end
local record, new = KEYS[1] .. ':job:' .. ARGV[1], redis.call('ZADD', KEYS[1] .. ':cancels', 'NX', now, ARGV[1])
if new == 1 and redis.call('EXISTS', record) == 1 then story(record, 'asked ' .. ARGV[4] .. ' to stop', now) end
redis.call('ZADD', KEYS[1] .. ':watched', 'GT', now + 7 * 86400000, ARGV[1]) -- so that tell looks at it
return 'asked'
