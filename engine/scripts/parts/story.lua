-- part story: what became of a job, one line each time, in field y of its record: when, what, who ('-': nobody), why.
-- The first lines and the newest stay; of those between only their number is kept.
-- KEYS      1 base
-- ARGV      none
-- RETURNS   told(story so far or nil, 'what who why', now) -> the longer story, to be written along with other fields
--           story(record key, 'what who why', now): nothing; the record has it
-- INVARIANT moves no job; a story has 2,048 bytes at most; only jobs that have a record anyway have one
local function told(before, word, now)
  local line = string.format('%.0f ', now) .. string.sub((string.gsub(word, '%c', ' ')), 1, 200) .. '\n'
  local over = #(before or '') + #line - 2048
  if over <= 0 then return (before or '') .. line end
  local first = 0
  for _ = 1, 3 do first = string.find(before, '\n', first + 1, true) or #before end
  local rest, dropped = string.sub(before, first + 1), 0
  local count, after = string.match(rest, '^~(%d+)\n()')
  if count then dropped, rest = tonumber(count), string.sub(rest, after) end
  -- more than needed goes at once, so that it is not cut again the next time
  local cut = string.find(rest, '\n', over + 256, true) or #rest
  local _, lines = string.gsub(string.sub(rest, 1, cut), '\n', '')
  return string.sub(before, 1, first) .. '~' .. dropped + lines .. '\n' .. string.sub(rest, cut + 1) .. line
end
local function story(record, word, now)
  redis.call('HSET', record, 'y', told(redis.call('HGET', record, 'y') or nil, word, now))
end
