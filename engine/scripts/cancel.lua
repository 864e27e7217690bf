#!lua flags=allow-oom
-- cancel.lua: a job that has not started will not start. Its record stays for a while, to be looked at.
-- KEYS      1 base
-- ARGV      1 id  2 how long the record is kept, in ms
-- RETURNS   'cancelled', or why not: 'processing', 'finished', 'unknown'
-- INCLUDES  clock id lift tell annul
-- INVARIANT pending or scheduled -> finished (cancelled)
return annul(ARGV[1], ARGV[2], clock())
