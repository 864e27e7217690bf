-- part loosen: a job has ended, and its locks are freed: by nobody but their holder.
-- KEYS      1 base
-- ARGV      none
-- RETURNS   loosen(id, record key, 'completed', 'dead' or 'cancelled', now): nothing
-- INCLUDES  locks id join later soon
-- INVARIANT what waited behind the job takes its lock over and joins its lane, or waits on until its own time
local function step_up(id, now)
  local b = KEYS[1]
  if not redis.call('ZSCORE', b .. ':scheduled', id) then return end
  local due = tonumber(redis.call('HGET', b .. ':job:' .. id, 'd') or 0)
  if due > now and due < 9e15 then
    redis.call('ZADD', b .. ':scheduled', due, id)
    soon(due)
    return
  end
  no_longer(id)
  redis.call('HSET', b .. ':job:' .. id, 'd', string.format('%.0f', now))
  join({ id }, now, 'freed')
end
local function kept(record, rest, how)
  local success, failure = string.match(rest, '^:(%d+):(%d+)$')
  -- a job of which no result is left behind (its worker knows nothing of the cache) has none to share
  if how == 'completed' and redis.call('HGET', record, 's') == 'completed' then return success end
  return how == 'dead' and failure ~= '0' and failure or nil
end
local function loosen(id, record, how, now)
  each_lock(record, function(letter, key, rest)
    local holder, behind = holders(key)
    if behind == id then redis.call('SET', key, holder)
    elseif holder ~= id or (letter == 't' and how ~= 'cancelled') then return
    elseif behind then
      redis.call('SET', key, behind)
      step_up(behind, now)
    else
      local ms = letter == 'c' and kept(record, rest, how)
      if ms then redis.call('PEXPIRE', key, ms) else redis.call('DEL', key) end
    end
  end)
end
