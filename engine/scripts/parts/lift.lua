-- part lift: a job that has something to say (it failed, it crashed, it has a result) leaves its lane's stream for a
-- record of its own: a survivor in a stream would pin a whole node of it.
-- KEYS      1 base
-- ARGV      none
-- RETURNS   lift(id) -> queue, record key, whether it had that record before; or nil when no body of that id is left
-- INCLUDES  id
-- INVARIANT the body is in the stream or in the record, never in both, never in neither
local function lift(id)
  local b = KEYS[1]
  local lane, entry = lane_of(id)
  local record = b .. ':job:' .. id
  local queue = redis.call('HGET', record, 'q')
  if queue then return queue, record, true end
  local found = redis.call('XRANGE', b .. ':lane:' .. lane, entry, entry)[1]
  if not found then return nil end
  queue = redis.call('HGET', b .. ':names', lane)
  local fields = found[2]
  redis.call('HSET', record, 'q', queue, fields[1], fields[2], fields[3], fields[4])
  if fields[5] then redis.call('HSET', record, fields[5], fields[6]) end
  redis.call('XDEL', b .. ':lane:' .. lane, entry)
  redis.call('HINCRBY', b .. ':marks', 'p' .. lane, -1)
  return queue, record
end
