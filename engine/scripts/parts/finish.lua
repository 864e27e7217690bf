-- part finish: acknowledgements. Whoever still holds the lease may finish the job; anybody else changes nothing.
-- KEYS      1 base
-- ARGV      none
-- RETURNS   finish(leases, from, to, results): number of leases that were not held any more. results: lease ->
--           {result, ttl in ms, when it was started or 0}, or nil for jobs that leave nothing behind
-- INCLUDES  id lift tell ending let_go story
-- INVARIANT a lease is compared whole (id, token, owner), never by id alone
local function keep(id, owner, result, now)
  local queue, record, before = lift(id)
  if not queue then return end
  redis.call('HINCRBY', record, 'a', 1)
  redis.call('HSET', record, 's', 'completed', 'r', result[1], 'f', now, 'w', owner)
  if result[3] > 0 then redis.call('HSET', record, 'b', result[3]) end
  redis.call('HDEL', record, 'e', 'ks', 'cp', 'sn')
  if before then story(record, 'completed ' .. owner, now) end
  redis.call('PEXPIRE', record, result[2])
  redis.call('ZADD', KEYS[1] .. ':finished', now + result[2], id)
  if before then ending(id, record, 'completed', now) end
end
local function finish(leases, from, to, results, now)
  if to < from then return 0 end
  local b = KEYS[1]
  local scores = redis.call('ZMSCORE', b .. ':processing', unpack(leases, from, to))
  local held, ids, lanes = {}, {}, {}
  local watched = redis.call('EXISTS', b .. ':watched') == 1 -- else nobody is to be told, and no id to be made
  for i = from, to do
    local lease, lane, entry, owner = leases[i], nil, nil, nil
    if scores[i - from + 1] then lane, entry, owner = parts_of(lease) end
    if lane then
      held[#held + 1] = lease
      if watched then ids[#ids + 1] = lane .. '-' .. entry end
      local result = results and results[lease]
      if result then keep(lane .. '-' .. entry, owner, result, now)
      else
        local entries = lanes[lane]
        if not entries then
          entries = {}
          lanes[lane] = entries
        end
        entries[#entries + 1] = entry
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
      local left = {}
      for _, entry in ipairs(entries) do
        local id = lane .. '-' .. entry
        local record = b .. ':job:' .. id
        if ending(id, record, 'completed', now) then
          redis.call('HINCRBY', record, 'a', 1)
          redis.call('HSET', record, 's', 'completed', 'f', now)
          redis.call('HDEL', record, 'e', 'ks', 'cp', 'sn')
        else left[#left + 1] = record end
      end
      if #left > 0 then redis.call('UNLINK', unpack(left)) end
    end
  end
  if watched then tell(ids) end
  return to - from + 1 - #held
end
