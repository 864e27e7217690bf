-- part issue: new jobs: whether there is room for them, and their ids.
-- KEYS      1 base
-- ARGV      none
-- RETURNS   crowded(queue, lane, {jobs, bytes} more in the queue, {jobs, bytes} more in the lane) -> how many are pending,
--           when that is more than the queue or, in a lane of a tenant, the tenant may have; else nil
-- INCLUDES  lanes rest ids
-- INVARIANT reads only
local function bytes_of(lanes)
  local bytes = 0
  for i = 1, math.min(#lanes, 100) do
    bytes = bytes + (redis.call('MEMORY', 'USAGE', KEYS[1] .. ':lane:' .. lanes[i]) or 0)
  end
  return bytes
end
local function crowded(queue, lane, more, more_in_lane)
  local b = KEYS[1]
  local limit = redis.call('HGET', b .. ':limits', queue)
  if not limit then return nil end
  local most, size, each, each_size = string.match(limit, '^(%d+) (%d+) (%d+) (%d+)$')
  if not most then most, size, each, each_size = limit, 0, 0, 0 end -- one number: jobs
  local function over(pending, lanes, new, jobs, room)
    if jobs > 0 and pending + new[1] > jobs then return true end
    return room > 0 and bytes_of(lanes) + new[2] > room
  end
  local main = redis.call('HGET', b .. ':lanes', queue) or lane
  local pending = rest(main) + tonumber(redis.call('HGET', b .. ':backlog', queue) or 0)
  local lanes = redis.call('HKEYS', b .. ':state:' .. queue)
  lanes[#lanes + 1] = main
  if over(pending, lanes, more, tonumber(most), tonumber(size)) then return pending end
  if not is_apart(lane) then return nil end
  local _, tenant = said(lane)
  local own = rest(lane)
  if tenant ~= '' and over(own, { lane }, more_in_lane, tonumber(each), tonumber(each_size)) then return own end
end
