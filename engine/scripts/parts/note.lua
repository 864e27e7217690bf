-- part note: a caller's answer is remembered, and the caller noted for prune, which counts in hours: not every call needs
-- to be noted there. A refusal, too: else a ghost of the refused call would be taken once there is room, though its caller
-- was told that nothing was done, and may have called anew.
-- KEYS      1 base
-- ARGV      none
-- RETURNS   note(caller, operation, now, answer) -> the answer: text that does not begin with '[', or of a refusal a table
--           of texts and numbers
-- INCLUDES  memory
-- INVARIANT whoever has a memory stands in callers
local function note(caller, op, now, answer)
  local text = type(answer) == 'table' and cjson.encode(answer) or answer
  if remember(caller, op, text) == 1 or op % 100 == 0 then redis.call('ZADD', KEYS[1] .. ':callers', now, caller) end
  return answer
end
