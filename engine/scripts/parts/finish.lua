-- part finish: acknowledgements. Whoever still holds the lease may finish the job; anybody else changes nothing.
-- KEYS      1 base
-- ARGV      none
-- RETURNS   finish(leases, from, to, results): number of leases that were not held any more. results: lease ->
--           {result, ttl in ms, when it was started or 0}, or nil for jobs that leave nothing behind
-- INCLUDES  id lift tell ending let_go
-- INVARIANT a lease is compared whole (id, token, owner), never by id alone
local function keep(id, owner, result, now)
  local queue, record, before = lift(id)
  if not queue then return end
  redis.call('HINCRBY', record, 'a', 1)
  redis.call('HSET', record, 's', 'completed', 'r', result[1], 'f', now, 'w', owner)
  if result[3] > 0 then redis.call('HSET', record, 'b', result[3]) end
  redis.call('HDEL', record, 'e')
  if before then ending(id, record, 'completed', now) end
  redis.call('PEXPIRE', record, result[2])
  redis.call('ZADD', KEYS[1] .. ':finished', now + result[2], id)
end
local function finish(leases, from, to, results, now)
  if to < from then return 0 end
  local b = KEYS[1]
  local scores = redis.call('ZMSCORE', b .. ':processing', unpack(leases, from, to))
  local held, ids, lanes = {}, {}, {}
  for i = from, to do
    local id, owner
    if scores[i - from + 1] then id, owner = id_of(leases[i]) end
    if id then
      held[#held + 1], ids[#ids + 1] = leases[i], id
      local result = results and results[leases[i]]
      local lane, entry = lane_of(id)
      if result then keep(id, owner, result, now)
      else
        lanes[lane] = lanes[lane] or {}
        table.insert(lanes[lane], entry)
      end
    end
  end
  if #held == 0 then return to - from + 1 end
  redis.call('ZREM', b .. ':processing', unpack(held))
  let_go(held)
  for lane, entries in pairs(lanes) do
    local gone = redis.call('XDEL', b .. ':lane:' .. lane, unpack(entries))
    if gone > 0 then redis.call('HINCRBY', b .. ':marks', 'p' .. lane, -gone) end
    if gone < #entries then
      for i, entry in ipairs(entries) do
        local id = lane .. '-' .. entry
        entries[i] = b .. ':job:' .. id
        ending(id, entries[i], 'completed', now)
      end
      redis.call('UNLINK', unpack(entries))
    end
  end
  tell(ids)
  return to - from + 1 - #held
end
