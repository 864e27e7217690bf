-- part runs: which of a schedule's jobs have not ended; what became of the others is noted.
-- KEYS      1 base
-- ARGV      none
-- RETURNS   runs(state, now) -> the ids of those that have not
-- INCLUDES  id
-- INVARIANT moves no job; the time of the last success only grows
local function ended(id, now)
  local lane, entry = lane_of(id)
  if not lane then return 'unknown', now end
  local known = redis.call('HMGET', KEYS[1] .. ':job:' .. id, 's', 'f', 'q')
  if known[1] == 'completed' or known[1] == 'dead' or known[1] == 'cancelled' then
    return known[1], tonumber(known[2] or now)
  end
  if known[3] or redis.call('XRANGE', KEYS[1] .. ':lane:' .. lane, entry, entry)[1] then return nil end
  return 'unknown', now -- nobody looked while its record was kept
end
local function runs(state, now)
  local known = redis.call('HMGET', state, 'open', 'success')
  local open, success, seen = {}, tonumber(known[2] or 0), 0
  for id in string.gmatch(known[1] or '', '%S+') do
    local how, at = ended(id, now)
    if how then
      seen = seen + 1
      redis.call('HSET', state, 'ended', how)
      if how == 'completed' and at > success then
        success = at
        redis.call('HSET', state, 'success', string.format('%.0f', at))
      end
    else open[#open + 1] = id end
  end
  if seen > 0 then redis.call('HSET', state, 'open', table.concat(open, ' ')) end
  return open
end
