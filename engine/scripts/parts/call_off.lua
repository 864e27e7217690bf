-- part call_off: nobody wants a job any more. One that has not started will not; one that runs is asked to stop: its keeper
-- hears of it when it next extends leases.
-- KEYS      1 base
-- ARGV      none
-- RETURNS   call_off(id, how long its record is kept in ms, now) -> 'cancelled'; 'asked': it runs; 'finished', 'unknown'
-- INCLUDES  annul
-- INVARIANT pending or scheduled -> finished (cancelled); only what is in processing stands in cancels
local function call_off(id, keep, now)
  local said = annul(id, keep, now)
  if said ~= 'processing' then return said end
  redis.call('ZADD', KEYS[1] .. ':cancels', 'NX', now, id)
  redis.call('ZADD', KEYS[1] .. ':watched', 'GT', now + 7 * 86400000, id) -- so that tell looks at it
  return 'asked'
end
