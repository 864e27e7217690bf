#!lua flags=allow-oom
-- audit.lua: one more line of the audit log; the oldest go when there are too many.
-- KEYS      1 base
-- ARGV      1 caller  2 operation  3 how many lines are kept  4 the line, opaque
-- RETURNS   '1', or '' for a ghost of an old call
-- INCLUDES  clock memory note
-- INVARIANT no job moves; the same operation again writes nothing
local known, late = recall(ARGV[1], tonumber(ARGV[2]))
if known then return known end
if late then return '' end
redis.call('XADD', KEYS[1] .. ':audit', 'MAXLEN', '~', ARGV[3], '*', 'l', ARGV[4])
return note(ARGV[1], tonumber(ARGV[2]), clock(), '1')
