-- part filed: which config file has a schedule.
-- KEYS      1 base
-- ARGV      none
-- RETURNS   filed(name, how long the word of a silent janitor counts in ms, now) -> host and file, or nil
-- INVARIANT reads only
local function filed(name, stale, now)
  local fields = redis.call('HGETALL', KEYS[1] .. ':schedule:' .. name)
  for i = 1, #fields, 2 do
    local file = string.match(fields[i], '^by:(.*)$')
    if file and file ~= 'api' and now - tonumber(fields[i + 1]) < stale then return file end
  end
end
