-- part wake: one mark a queue, on which idle workers block. More than one would wake workers for nothing: whoever is
-- woken claims, and the claim sets the mark again while anything is left.
-- KEYS      1 base
-- ARGV      none
-- RETURNS   wake(queue): nothing
-- INVARIANT the list wake:QUEUE holds at most one mark
local function wake(queue)
  local key = KEYS[1] .. ':wake:' .. queue
  if redis.call('EXISTS', key) == 0 then redis.call('LPUSH', key, '1') end
end
