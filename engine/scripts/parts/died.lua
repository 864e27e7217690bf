-- part died: a job joins its queue's dead letters.
-- KEYS      1 base
-- ARGV      none
-- RETURNS   died(id, record key, queue, now): nothing
-- INCLUDES  tell ending
-- INVARIANT call it only for an id that stands nowhere else any more
local function died(id, record, queue, now)
  redis.call('HSET', record, 's', 'dead', 'f', now)
  redis.call('ZADD', KEYS[1] .. ':dead:' .. queue, now, id)
  ending(id, record, 'dead', now)
  tell({ id })
end
