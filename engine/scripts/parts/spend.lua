-- part spend: jobs of a limited lane were claimed and take their permits.
-- KEYS      1 base
-- ARGV      none
-- RETURNS   spend(limits, leases, now, used): nothing; limits as allowance gave them
-- INVARIANT holding names the concurrency permits of each lease that has any; part let_go gives them back
local function spend(limits, leases, now, used)
  local b, names = KEYS[1], {}
  for _, limit in ipairs(limits) do
    if limit.kind == 'concurrency' then
      names[#names + 1] = limit.name
      used[limit.name] = (used[limit.name] or 0) + #leases
      for _, lease in ipairs(leases) do redis.call('ZADD', limit.key, now, lease) end
    elseif limit.base then
      local tat = limit.base + #leases * limit.each
      redis.call('SET', limit.key, string.format('%.3f', tat), 'PX', math.ceil(tat - now) + 1000)
    else
      for _, lease in ipairs(leases) do
        for i = 1, limit.cost do redis.call('ZADD', limit.key, now, lease .. '#' .. i) end
      end
      redis.call('PEXPIRE', limit.key, limit.rule.ms + 1000)
    end
  end
  if #names == 0 then return end
  local text = table.concat(names, '\t')
  for _, lease in ipairs(leases) do redis.call('HSET', b .. ':holding', lease, text) end
end
