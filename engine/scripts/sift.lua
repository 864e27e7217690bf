#!lua flags=allow-oom
-- sift.lua: some fields of jobs' records, for a search that passes over most of them (docs/search.md); peek.lua tells the
-- whole of a job, and costs as much.
-- KEYS      1 base
-- ARGV      1 bytes to which payloads and results are cut  2 names of fields, a space between them, then ids
-- RETURNS   for each id the values of those fields; all are nil where the job has no record of its own
-- INVARIANT reads only
local b, most, names, carried, answer = KEYS[1], tonumber(ARGV[1]), {}, {}, {}
for name in string.gmatch(ARGV[2], '%S+') do
  names[#names + 1] = name
  if name == 'p' or name == 'r' then carried[#carried + 1] = #names end
end
for i = 3, #ARGV do
  local row = redis.call('HMGET', b .. ':job:' .. ARGV[i], unpack(names))
  for _, n in ipairs(carried) do
    if row[n] then row[n] = string.sub(row[n], 1, most) end
  end
  answer[#answer + 1] = row
end
return answer
