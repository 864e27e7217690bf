-- part ending: a job has ended, in whatever way. What hangs on it is seen to in the same script; field x of its record
-- says what that is, one letter each.
-- KEYS      1 base
-- ARGV      none
-- RETURNS   ending(id, record key, 'completed', 'dead' or 'cancelled', now) -> true when the record is to stay
-- INCLUDES  advance hook loosen
-- INVARIANT call it once for each end, while the record still stands; a job on which nothing hangs costs one HGET
local function ending(id, record, how, now)
  local strings = redis.call('HGET', record, 'x')
  if not strings then return end
  if string.find(strings, 'u', 1, true) then loosen(id, record, how, now) end
  if string.find(strings, 'w', 1, true) then hook(id, record, how, now) end
  if string.find(strings, 'f', 1, true) then
    local with_it = advance(id, record, how, now)
    for _, child in ipairs(with_it or {}) do ending(child, KEYS[1] .. ':job:' .. child, 'cancelled', now) end
    return with_it ~= nil
  end
end
