-- part attempt: whoever holds the lease says that its attempt is over; the job is out of processing then, in a record of
-- its own, with what the attempt is charged with and failed of.
-- KEYS      1 base
-- ARGV      none
-- RETURNS   attempt(lease, attempts to charge, error; '' leaves what there is) -> id, record key, queue; or nil when the
--           lease was not held any more
-- INCLUDES  id lift let_go
-- INVARIANT the caller must give the job its next place
local function attempt(lease, charge, error)
  if redis.call('ZREM', KEYS[1] .. ':processing', lease) == 0 then return nil end
  let_go({ lease })
  local id = id_of(lease)
  local queue, record = lift(id)
  if not queue then return nil end
  redis.call('HINCRBY', record, 'a', charge)
  if error ~= '' then redis.call('HSET', record, 'e', error) end
  return id, record, queue
end
