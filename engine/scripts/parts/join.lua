-- part join: jobs that have a record of their own join the ends of their lanes; the entry there is a reference, the body
-- stays in the record.
-- KEYS      1 base
-- ARGV      none
-- RETURNS   join(ids, now, one word for their stories or nil, {lane, queue} of each or nil): nothing
-- INCLUDES  id ids rings story
-- INVARIANT call it only for ids that stand nowhere else any more
local function join(ids, now, word, places)
  if #ids == 0 then return end
  local b, queues = KEYS[1], {}
  local stamp, seq = issue(#ids, now)
  for i, id in ipairs(ids) do
    local record = b .. ':job:' .. id
    local place = places and places[i]
    local lane = place and place.lane or redis.call('HGET', record, 'l') or lane_of(id)
    local entry = stamp .. '-' .. string.format('%.0f', seq + i)
    redis.call('XADD', b .. ':lane:' .. lane, entry, 'ref', id)
    local y = word and told(redis.call('HGET', record, 'y') or nil, word, now)
    if y then redis.call('HSET', record, 's', 'pending', 'at', entry, 'y', y)
    else redis.call('HSET', record, 's', 'pending', 'at', entry) end
    local queue = place and place.queue or redis.call('HGET', b .. ':names', lane)
    stand(lane, queue, 1)
    queues[queue] = true
  end
  for queue in pairs(queues) do wake(queue) end
end
