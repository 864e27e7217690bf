#!lua flags=allow-oom
-- promote.lua: jobs whose time has come join the ends of their lanes; lanes that waited for a time take their turns.
-- KEYS      1 base
-- ARGV      1 limit
-- RETURNS   {moved, ms until the next is due or -1}
-- INCLUDES  clock id aside join later held
-- INVARIANT scheduled -> pending; a record that cannot be read is set aside alone
local b, now = KEYS[1], clock()
local due, sound = redis.call('ZRANGEBYSCORE', b .. ':scheduled', '-inf', now, 'LIMIT', 0, ARGV[1]), {}
for _, id in ipairs(due) do
  local lane = lane_of(id)
  no_longer(id)
  if lane and redis.call('HEXISTS', b .. ':job:' .. id, 'q') == 1 then sound[#sound + 1] = id
  else aside(id, 'scheduled without a record', id) end
end
join(sound, now, 'promoted')
local next_due = tonumber(redis.call('ZRANGE', b .. ':scheduled', 0, 0, 'WITHSCORES')[2]) or 9e15
next_due = math.min(next_due, now + (let_in(now) or 9e15))
redis.call('HSET', b .. ':meta', 'next', string.format('%.0f', next_due)) -- see part soon
return { #sound, next_due < 9e15 and math.max(0, next_due - now) or -1 }
