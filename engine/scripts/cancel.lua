#!lua flags=allow-oom
-- cancel.lua: a job that has not started will not start. Its record stays for a while, to be looked at. One that runs
-- is asked to stop.
-- KEYS      1 base
-- ARGV      1 id  2 how long the record is kept, in ms  3 '1': ask one that runs to stop  4 who says so,
--           one word
-- RETURNS   'cancelled', or why not: 'asked' (it runs), 'processing', 'finished', 'unknown'
-- INCLUDES  clock call_off
-- INVARIANT pending or scheduled -> finished (cancelled); only what is in processing stands in cancels
if ARGV[3] == '1' then return call_off(ARGV[1], ARGV[2], clock(), ARGV[4]) end
return annul(ARGV[1], ARGV[2], clock(), ARGV[4])
