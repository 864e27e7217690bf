#!lua flags=allow-oom
-- give_back.lua: a running job overstays: what its worker has claimed and not started goes back at once, what stands
-- in a reply that the worker has not read yet too.
-- KEYS      1 base
-- ARGV      1 incarnation  2 the last claim call that counts: what a later one granted is being run by now, then the
--           leases to keep
-- RETURNS   how many went back
-- INCLUDES  memory back
-- INVARIANT processing -> pending; only what that incarnation's last two claims granted is looked at
local kept, held = {}, {}
for i = 3, #ARGV do kept[ARGV[i]] = true end
for _, call in ipairs(operations(ARGV[1])) do
  for lease in string.gmatch(call[1] <= tonumber(ARGV[2]) and call[2] or '', '%S+') do
    if not kept[lease] then held[#held + 1] = lease end
  end
end
return back(held, 1, 'another job before it takes long')
