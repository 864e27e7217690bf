-- part let_go: leases end, and their concurrency permits with them; lanes that waited for one take their turns again.
-- KEYS      1 base
-- ARGV      none
-- RETURNS   let_go(leases): nothing; costs one EXISTS where no concurrency limit is in use
-- INCLUDES  rings
-- INVARIANT call it for every lease that leaves processing
local function let_go(leases)
  local b = KEYS[1]
  if #leases == 0 or redis.call('EXISTS', b .. ':holding') == 0 then return end
  for i, names in ipairs(redis.call('HMGET', b .. ':holding', unpack(leases))) do
    if names then
      redis.call('HDEL', b .. ':holding', leases[i])
      for name in string.gmatch(names, '[^\t]+') do
        redis.call('ZREM', b .. ':permits:' .. name, leases[i])
        for _, lane in ipairs(redis.call('SMEMBERS', b .. ':blocked:' .. name)) do enter_again(lane) end
        redis.call('DEL', b .. ':blocked:' .. name)
      end
    end
  end
end
