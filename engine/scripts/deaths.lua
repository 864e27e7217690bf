#!lua flags=allow-oom
-- deaths.lua: what dead letters died of, without their bodies: a body may have a megabyte.
-- KEYS      1 base
-- ARGV      ids
-- RETURNS   for each {type or '', error or '', cause or '', crashes or '', when or ''}
-- INVARIANT reads only
local answer = {}
for i, id in ipairs(ARGV) do
  local found = redis.call('HMGET', KEYS[1] .. ':job:' .. id, 't', 'e', 'k', 'c', 'f')
  for n = 1, 5 do found[n] = found[n] or '' end
  answer[i] = found
end
return answer
