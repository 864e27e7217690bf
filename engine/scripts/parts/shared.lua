-- part shared: a type with a result cache: equal jobs share one run and its result (docs/result-cache.md). The type's trait
-- `cache` says for how many ms a result is shared, `cache_failures` the same of a dead letter.
-- KEYS      1 base
-- ARGV      none
-- RETURNS   cache_lock(job, guard) -> the lock that a new one shall hold; or nil: the type has no cache, or something hangs
--           on the job
--           shared(lock, guard) -> id of the job whose result is shared, or nil
-- INCLUDES  locks traits
-- INVARIANT reads only
local function cache_lock(job, guard)
  if not guard.digest then return nil end
  for i = 1, #job.fields, 2 do
    if job.fields[i] == 'x' then return nil end -- what hangs on this job would not hang on the other
  end
  local trait = caching(job.type)
  if not trait then return nil end
  local hash = redis.sha1hex(job.type .. ' ' .. tostring(trait.version or '') .. ' ' .. guard.digest)
  local lock = { key = lock_name('c', hash), before = '' }
  lock.mark = 'c:' .. hash .. ':' .. digits(trait.cache) .. ':' .. digits(trait.cache_failures or 0)
  return lock
end
local function shared(lock, guard)
  local id = not guard.fresh and holders(lock.key)
  return id and redis.call('EXISTS', KEYS[1] .. ':job:' .. id) == 1 and id or nil
end
