-- part cancelled: a job ends as cancelled; its record stays for a while, to be looked at.
-- KEYS      1 base
-- ARGV      none
-- RETURNS   cancelled(id, record key, how long it is kept in ms, now): nothing
-- INCLUDES  tell ending
-- INVARIANT call it only for an id that stands nowhere else any more
local function cancelled(id, record, kept, now)
  redis.call('HSET', record, 's', 'cancelled', 'f', now)
  redis.call('PEXPIRE', record, kept)
  redis.call('ZADD', KEYS[1] .. ':finished', now + tonumber(kept), id)
  ending(id, record, 'cancelled', now)
  tell({ id })
end
