-- part call_off: nobody wants a job any more. One that has not started will not; one that runs is asked to stop: its keeper
-- hears of it when it next extends leases.
-- KEYS      1 base
-- ARGV      none
-- RETURNS   call_off(id, how long its record is kept in ms, now, 'who why') -> 'cancelled'; 'asked': it runs; 'finished', 'unknown'
-- INCLUDES  annul story
-- INVARIANT pending or scheduled -> finished (cancelled); only what is in processing stands in cancels
local function call_off(id, keep, now, why)
  local said = annul(id, keep, now, why)
  if said ~= 'processing' then return said end
  local record = KEYS[1] .. ':job:' .. id
  local new = redis.call('ZADD', KEYS[1] .. ':cancels', 'NX', now, id)
  if new == 1 and redis.call('EXISTS', record) == 1 then story(record, 'asked ' .. why .. ' to stop', now) end
  redis.call('ZADD', KEYS[1] .. ':watched', 'GT', now + 7 * 86400000, id) -- so that tell looks at it
  return 'asked'
end
