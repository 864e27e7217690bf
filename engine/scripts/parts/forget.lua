-- part forget: a dead letter is forgotten; what waited for its next life waits no longer.
-- KEYS      1 base
-- ARGV      none
-- RETURNS   forget(id, now): nothing; the record is gone
-- INCLUDES  ending advance
-- INVARIANT call it only for an id that was just taken out of its queue's dead letters
local function forget(id, now)
  local record = KEYS[1] .. ':job:' .. id
  local strings = redis.call('HGET', record, 'x')
  if strings and string.find(strings, 'f', 1, true) then
    for _, child in ipairs(advance(id, record, 'gone', now) or {}) do
      ending(child, KEYS[1] .. ':job:' .. child, 'cancelled', now)
    end
  end
  redis.call('UNLINK', record)
end
