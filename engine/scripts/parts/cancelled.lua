-- part cancelled: a job ends as cancelled; its record stays for a while, to be looked at.
-- KEYS      1 base
-- ARGV      none
-- RETURNS   cancelled(id, record key, how long it is kept in ms, now, 'who why' for its story): nothing
-- INCLUDES  tell ending story
-- INVARIANT call it only for an id that stands nowhere else any more
local function cancelled(id, record, kept, now, why)
  redis.call('HSET', record, 's', 'cancelled', 'f', now)
  redis.call('HDEL', record, 'cp', 'sn') -- it is not run again
  story(record, 'cancelled ' .. why, now)
  redis.call('PEXPIRE', record, kept)
  redis.call('ZADD', KEYS[1] .. ':finished', now + tonumber(kept), id)
  ending(id, record, 'cancelled', now)
  tell({ id })
end
