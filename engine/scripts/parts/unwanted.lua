-- part unwanted: a job whose cancel was asked for while it ran does not come back, whatever ended that run: it is
-- cancelled then. (Had it ended by itself, that counts: see tell.)
-- KEYS      1 base
-- ARGV      none
-- RETURNS   unwanted(id) -> queue when it was cancelled, else nil
-- INCLUDES  clock lift cancelled
-- INVARIANT call it only for an id that was just taken out of processing
local function unwanted(id)
  if redis.call('ZSCORE', KEYS[1] .. ':cancels', id) == false then return nil end
  local queue, record = lift(id)
  if not queue then return nil end
  local kept, now = 3600000, clock() -- ms; as long as a job's record that was cancelled before it ran
  cancelled(id, record, kept, now, '- its cancel was asked for while it ran')
  return queue
end
