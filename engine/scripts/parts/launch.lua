-- part launch: one job of a schedule joins its queue, and the schedule notes it.
-- KEYS      1 base
-- ARGV      none
-- RETURNS   launch(state, open, job, now) -> its id; or nil and what there is to answer, when nothing was written.
--           open: ids of its jobs that have not ended; job: {queue or '' (by type), type, payload, options}
-- INCLUDES  issue wake rings taken_in
-- INVARIANT new -> pending
local function launch(state, open, job, now)
  local b, queue = KEYS[1], job[1]
  if queue == '' then queue = redis.call('HGET', b .. ':types', job[2]) or 'default' end
  local lane = lane_for(queue, job[2], '')
  local more = { 1, #job[3] }
  local pending = crowded(queue, lane, more, more)
  if pending then return nil, { 'full', queue, pending } end
  local stamp, seq = issue(1, now)
  local entry = stamp .. '-' .. string.format('%.0f', seq + 1)
  redis.call('XADD', b .. ':lane:' .. lane, entry, 't', job[2], 'p', job[3], 'o', job[4])
  stand(lane, queue, 1)
  taken_in(queue, 1)
  wake(queue)
  local id = lane .. '-' .. entry
  open[#open + 1] = id
  -- where jobs overlap without an end, the oldest are watched no longer
  redis.call('HSET', state, 'job', id, 'at', now, 'open', table.concat(open, ' ', math.max(1, #open - 9)))
  redis.call('HINCRBY', state, 'fired', 1)
  return id
end
