-- part locks: the keys that make a job the only one of its kind (docs/unique.md), or let others share its result
-- (docs/result-cache.md). A lock's value is the id of the job that holds it, in keep last with the one that waits behind
-- it. Field u of a record names the job's locks: 'letter:hash', of a cached result 'c:hash:ms kept:ms a failure is kept'.
-- Letters: p pending, d debounce, r pending or running, k keep last, t throttle, c cached result.
-- KEYS      1 base
-- ARGV      none
-- RETURNS   digits(number) -> as text; lock_name(letter, hash) -> key; holders(key) -> id, id that waits behind it or nil; nil when nobody holds it
--           each_lock(record key, act): calls act(letter, key, rest) for each lock of a job
-- INVARIANT reads only
local function digits(number) return string.format('%.0f', number) end
local function lock_name(letter, hash)
  return KEYS[1] .. (letter == 'c' and ':cache:' or ':unique:') .. hash
end
local function holders(key)
  local id, behind = string.match(redis.call('GET', key) or '', '^(%S+) ?(%S*)$')
  return id, behind ~= '' and behind or nil
end
local function each_lock(record, act)
  for letter, hash, rest in string.gmatch(redis.call('HGET', record, 'u') or '', '(%l):(%x+)(%S*)') do
    act(letter, lock_name(letter, hash), rest)
  end
end
