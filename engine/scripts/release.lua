#!lua flags=allow-oom
-- release.lua: jobs that were claimed and not started go back unharmed, to the head of their queues, in their order.
-- KEYS      1 base
-- ARGV      leases, oldest first
-- RETURNS   how many went back
-- INCLUDES  clock id lift tell unwanted give wake
-- INVARIANT processing -> pending; nothing is charged; a lease that is not held any more changes nothing
local back = 0
for i = #ARGV, 1, -1 do
  if redis.call('ZREM', KEYS[1] .. ':processing', ARGV[i]) == 1 then
    local queue = give(id_of(ARGV[i]))
    if queue then
      back = back + 1
      wake(queue)
    end
  end
end
return back
