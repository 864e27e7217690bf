-- part shared: a type with a result cache: equal jobs share one run and its result (docs/result-cache.md). The type's trait
-- `cache` says for how many ms a result is shared, `cache_failures` the same of a dead letter.
-- KEYS      1 base
-- ARGV      none
-- RETURNS   shared(job, guard) -> id of the job whose result is shared; or nil and the lock that the new one shall hold;
--           or nothing: the type has no cache, or something hangs on the job
-- INCLUDES  locks
-- INVARIANT reads only
local function shared(job, guard)
  if not guard.digest then return nil end
  for i = 1, #job.fields, 2 do
    if job.fields[i] == 'x' then return nil end -- what hangs on this job would not hang on the other
  end
  local text = redis.call('HGET', KEYS[1] .. ':traits', job.type)
  local trait = text and string.find(text, '"cache"', 1, true) and cjson.decode(text)
  if not trait or not trait.cache then return nil end
  local hash = redis.sha1hex(job.type .. ' ' .. tostring(trait.version or '') .. ' ' .. guard.digest)
  local lock = { key = lock_name('c', hash), before = '' }
  lock.mark = 'c:' .. hash .. ':' .. digits(trait.cache) .. ':' .. digits(trait.cache_failures or 0)
  local id = not guard.fresh and holders(lock.key)
  if id and redis.call('EXISTS', KEYS[1] .. ':job:' .. id) == 1 then return id end
  return nil, lock
end
