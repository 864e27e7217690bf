-- part once: an idempotency key, for so long as its guard says: the same key gives the same answer again. It is that of one
-- job or of a whole call ('batch'), never of both.
-- KEYS      1 base
-- ARGV      none
-- RETURNS   used(guard) -> id of the job that it was used for, or 'batch', nil, and the answer of that call; or nil and the
--           refusal {'differs', id}; or nothing: it is free. guard: once (a hash of the key), digest, once_ms
--           use(guard, id, answer): it is used now, unless it was before
-- INVARIANT a key once used is what it is until its time is over
local function used(guard)
  local id, digest, answer = string.match(redis.call('GET', KEYS[1] .. ':once:' .. guard.once) or '', '^(%S+) (%S+) ?(.*)$')
  if not id then return nil end
  if digest ~= guard.digest then return nil, { 'differs', id } end
  return id, nil, answer
end
local function use(guard, id, answer)
  local text = id .. ' ' .. guard.digest .. (answer and ' ' .. answer or '')
  redis.call('SET', KEYS[1] .. ':once:' .. guard.once, text, 'NX', 'PX', string.format('%.0f', guard.once_ms))
end
