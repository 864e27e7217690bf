#!lua flags=allow-oom
-- release.lua: jobs that were claimed and not started go back unharmed, to the head of their queues, in their order.
-- KEYS      1 base
-- ARGV      leases, oldest first
-- RETURNS   how many went back
-- INCLUDES  back
-- INVARIANT processing -> pending; nothing is charged; a lease that is not held any more changes nothing
return back(ARGV, 1, 'before it started')
