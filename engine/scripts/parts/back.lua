-- part back: several jobs go back to the heads of their queues, in their order, unharmed.
-- KEYS      1 base
-- ARGV      none
-- RETURNS   back(leases, from) -> how many of the leases from that place on were still held, and went back
-- INCLUDES  id give wake let_go
-- INVARIANT a lease that is not held any more changes nothing
local function back(leases, from)
  local went = 0
  for i = #leases, from, -1 do
    if redis.call('ZREM', KEYS[1] .. ':processing', leases[i]) == 1 then
      let_go({ leases[i] })
      local queue = give(id_of(leases[i]))
      if queue then
        went = went + 1
        wake(queue)
      end
    end
  end
  return went
end
