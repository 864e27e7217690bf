-- part taken_in: how many new jobs each queue was ever given; from two readings comes a rate.
-- KEYS      1 base
-- ARGV      none
-- RETURNS   taken_in(queue, n): nothing
-- INVARIANT field iQUEUE of totals only grows; call it once for each new job, not when one comes back
local function taken_in(queue, n)
  redis.call('HINCRBY', KEYS[1] .. ':totals', 'i' .. queue, n)
end
