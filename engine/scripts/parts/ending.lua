-- part ending: a job has ended, in whatever way. What hangs on it is seen to in the same script; field x of its record
-- says what that is, one letter each.
-- KEYS      1 base
-- ARGV      none
-- RETURNS   ending(id, record key, 'completed', 'dead' or 'cancelled', now): nothing
-- INCLUDES  loosen
-- INVARIANT call it once for each end, while the record still stands; a job on which nothing hangs costs one HGET
local function ending(id, record, how, now)
  local strings = redis.call('HGET', record, 'x')
  if not strings then return end
  if string.find(strings, 'u', 1, true) then loosen(id, record, how, now) end
end
