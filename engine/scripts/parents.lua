#!lua flags=allow-oom
-- parents.lua: what became of the jobs that a member of a flow waited for.
-- KEYS      1 base
-- ARGV      1 id  2 how many to pass over  3 how many
-- RETURNS   for each {policy, id, how it ended or '', field, value, ... (of n: name, t r e k c)}
-- INCLUDES  id
-- INVARIANT reads only
local b, rows, n = KEYS[1], {}, 0
local known = redis.call('HMGET', b .. ':job:' .. ARGV[1], 'fp', 'fi')
for policy, id in string.gmatch(known[1] or '', '(%S+) (%S+)') do
  n = n + 1
  if n > ARGV[2] + ARGV[3] then break end
  if n > tonumber(ARGV[2]) then
    local row = { policy, id, redis.call('HGET', b .. ':flow:' .. known[2] .. ':ended', id) or '' }
    local found = redis.call('HMGET', b .. ':job:' .. id, 'fn', 'r', 'e', 'k', 'c', 'fy', 't')
    for i, name in ipairs({ 'fn', 'r', 'e', 'k', 'c', 'fy', 't' }) do
      if found[i] then row[#row + 1], row[#row + 2] = name, found[i] end
    end
    rows[#rows + 1] = row
  end
end
return rows
