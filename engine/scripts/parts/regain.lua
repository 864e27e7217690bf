-- part regain: a job waits again (given back, to be retried, or a dead letter with another life): it takes its locks
-- again when they are free. What another took meanwhile is left alone: the job goes on without.
-- KEYS      1 base
-- ARGV      none
-- RETURNS   regain(id, record key): nothing
-- INCLUDES  locks
-- INVARIANT takes nothing from anybody
local function regain(id, record)
  if not string.find(redis.call('HGET', record, 'x') or '', 'u', 1, true) then return end
  each_lock(record, function(letter, key)
    if letter ~= 't' and not redis.call('SET', key, id, 'NX') and holders(key) == id then redis.call('PERSIST', key) end
  end)
end
