-- part create: a new job that has a record of its own from the start, because something hangs on it (see part ending).
-- KEYS      1 base
-- ARGV      none
-- RETURNS   create(job, now) -> its id, queue; or nil and {'full', queue, pending}: nothing was written. job: queue
--           ('' = by type), type, where (see part issue), payload, options, when ('' now, '+ms' from now, '@ms' since
--           the epoch, 'held': it waits in scheduled, without a time, until somebody calls join), fields (name, value
--           ... of the record besides), owed (true: no limit of the queue refuses it)
--           queue_of(job) -> the queue that it goes to
--           make(job, id, lane, queue, now) -> true when it is to join its lane now; its record under an id that was issued
-- INCLUDES  issue join later soon taken_in
-- INVARIANT new -> pending or scheduled
local HELD = 9000000000000000 -- ms; promote never comes to it
local function queue_of(job)
  return job.queue ~= '' and job.queue or redis.call('HGET', KEYS[1] .. ':types', job.type) or 'default'
end
local function make(job, id, lane, queue, now)
  local b, due = KEYS[1], HELD
  local record = b .. ':job:' .. id
  redis.call('HSET', record, 'q', queue, 't', job.type, 'p', job.payload, 'o', job.options, 's',
    job.when == '' and 'pending' or 'scheduled', unpack(job.fields or {}))
  if job.when == '' then return true end
  if job.when ~= 'held' then
    due = (string.sub(job.when, 1, 1) == '+' and now or 0) + tonumber(string.sub(job.when, 2))
  end
  redis.call('HSET', record, 'd', string.format('%.0f', due))
  redis.call('ZADD', b .. ':scheduled', due, id)
  later(lane, 1)
  if due < HELD then soon(due) end
end
local function create(job, now)
  local queue = queue_of(job)
  local lane = lane_for(queue, job.type, job.where)
  local more = { 1, #job.payload }
  local pending = not job.owed and crowded(queue, lane, more, more)
  if pending then return nil, { 'full', queue, pending } end
  local stamp, seq = issue(1, now)
  taken_in(queue, 1)
  local id = lane .. '-' .. stamp .. '-' .. string.format('%.0f', seq + 1)
  if make(job, id, lane, queue, now) then join({ id }, now) end
  return id, queue
end
