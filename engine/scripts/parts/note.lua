-- part note: a caller's answer is remembered, and the caller noted for prune, which counts in hours: not every call needs
-- to be noted there.
-- KEYS      1 base
-- ARGV      none
-- RETURNS   note(caller, operation, now, answer) -> the answer
-- INCLUDES  memory
-- INVARIANT whoever has a memory stands in callers
local function note(caller, op, now, answer)
  if remember(caller, op, answer) == 1 or op % 100 == 0 then redis.call('ZADD', KEYS[1] .. ':callers', now, caller) end
  return answer
end
