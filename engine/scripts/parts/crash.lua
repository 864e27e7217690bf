-- part crash: the process that ran this job died of it, or so it seems: one crash is charged; at the limit the job is
-- buried with the cause, below it the job goes back to the head of its queue.
-- KEYS      1 base
-- ARGV      none
-- RETURNS   crash(id, owner, cause, limit, now, stack or nil) -> queue, 1 when it was buried or 0; nil when the job has no body any more
-- INCLUDES  lift unwanted give died story
-- INVARIANT call it only for an id that was just taken out of processing
local function crash(id, owner, cause, limit, now, stack)
  local queue, record = lift(id)
  if not queue then return nil end
  local crashes = redis.call('HINCRBY', record, 'c', 1)
  redis.call('HSET', record, 'k', cause)
  if stack then redis.call('HSET', record, 'ks', stack) else redis.call('HDEL', record, 'ks') end
  story(record, 'crashed ' .. owner .. ' ' .. cause, now)
  if unwanted(id) then return queue, 0 end
  if crashes < limit then
    give(id)
    return queue, 0
  end
  redis.call('HDEL', record, 'e') -- what it died of is the cause, not what an earlier attempt failed of
  story(record, 'buried - its process died ' .. crashes .. ' time(s)', now)
  died(id, record, queue, now)
  return queue, 1
end
