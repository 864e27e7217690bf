#!lua flags=allow-oom
-- stop.lua: a flow is cancelled, a bounded number of members in each call. From the first call on no member starts.
-- KEYS      1 base
-- ARGV      1 flow  2 limit
-- RETURNS   {1 when it ends (or has ended) as cancelled, else 0; 1 when it is to be called again}
-- INCLUDES  clock stop
-- INVARIANT pending or scheduled -> finished (cancelled); who runs is asked to stop; done twice it changes nothing
local state = stop(ARGV[1], 'cancelled')
if state ~= 'open' and state ~= 'running' then return { state == 'cancelled' and 1 or 0, 0 } end
return { 1, halt(ARGV[1], tonumber(ARGV[2]), clock()) and 0 or 1 }
