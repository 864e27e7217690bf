-- part join: jobs that have a record of their own join the ends of their lanes; the entry there is a reference, the body
-- stays in the record.
-- KEYS      1 base
-- ARGV      none
-- RETURNS   join(ids, now): nothing
-- INCLUDES  id ids rings
-- INVARIANT call it only for ids that stand nowhere else any more
local function join(ids, now)
  if #ids == 0 then return end
  local b, queues = KEYS[1], {}
  local stamp, seq = issue(#ids, now)
  for i, id in ipairs(ids) do
    local record = b .. ':job:' .. id
    local lane = redis.call('HGET', record, 'l') or lane_of(id)
    local entry = stamp .. '-' .. string.format('%.0f', seq + i)
    redis.call('XADD', b .. ':lane:' .. lane, entry, 'ref', id)
    redis.call('HSET', record, 's', 'pending', 'at', entry)
    local queue = redis.call('HGET', b .. ':names', lane)
    stand(lane, queue, 1)
    queues[queue] = true
  end
  for queue in pairs(queues) do wake(queue) end
end
