-- part series: what is counted goes into strings of minutes (one an hour), of tens (one a day) and of hours (one for ten
-- days). A string has an entry for each span in which anything happened, in their order: counts as part vector packs them,
-- two bytes that say how many bytes that is, one that says which span of the string. Read from its end, which is where
-- nearly all is written.
-- KEYS      1 base
-- ARGV      none
-- RETURNS   chart(name, counts, at, keep): nothing; counts are added to the spans in which ms at lies. name: a letter,
--           queue, tab, type; the 501st counts as (other). keep: seconds for which minutes, tens and hours are kept
-- INCLUDES  vector
-- INVARIANT a string's spans only rise; it expires by itself once its last span is kept long enough
local STEPS = { { 60, 60 }, { 600, 144 }, { 3600, 240 } } -- seconds of a span, spans of a string
local function numbered(name, at)
  local names = KEYS[1] .. ':series:names'
  local number = redis.call('HGET', names, name)
  if not number and redis.call('HLEN', names) >= 500 then
    name = string.sub(name, 1, 1) .. '(other)' .. (string.find(name, '\t', 1, true) and '\t(other)' or '')
    number = redis.call('HGET', names, name)
  end
  if number then return number end
  number = redis.call('HINCRBY', KEYS[1] .. ':meta', 'series', 1)
  redis.call('HSET', names, name, number)
  redis.call('ZADD', KEYS[1] .. ':series:seen', at, name)
  return tostring(number)
end
local function entry(span, counts)
  local bytes = packed(counts)
  return bytes .. string.char(math.floor(#bytes / 256), #bytes % 256, span)
end
local function last(text) -- span, counts as bytes, how long the entry is
  local high, low, span = string.byte(text, -3, -1)
  local size = high * 256 + low
  return span, string.sub(text, -3 - size, -4), size + 3
end
local function late(key, text, span, counts) -- among the entries, or before them all
  local upto, behind = #text, ''
  while upto > 0 do
    local of, bytes, size = last(string.sub(text, 1, upto))
    if of < span then break end
    if of == span then counts = grown(unpacked(bytes), counts)
    else behind = string.sub(text, upto - size + 1, upto) .. behind end
    upto = upto - size
    if of == span then break end
  end
  redis.call('SET', key, string.sub(text, 1, upto) .. entry(span, counts) .. behind, 'KEEPTTL')
end
local function begin(key, before, span, counts, keep)
  redis.call('SET', key, entry(span, counts), 'EX', string.format('%.0f', keep))
  local old = redis.call('GET', before) -- appending leaves room behind a string that nobody appends to any more
  if old then redis.call('SET', before, old, 'KEEPTTL') end
end
local function chart(name, counts, at, keep)
  local number = numbered(name, at)
  for i, step in ipairs(STEPS) do
    local unit = math.floor(at / 1000 / step[1])
    local block, span = math.floor(unit / step[2]), unit % step[2]
    local prefix = KEYS[1] .. ':series:' .. step[1] .. ':' .. number .. ':'
    local key = prefix .. string.format('%.0f', block)
    local tail = redis.call('GETRANGE', key, -300, -1)
    local of, bytes, size = 0, '', 0
    if tail ~= '' then of, bytes, size = last(tail) end
    if tail == '' then
      begin(key, prefix .. string.format('%.0f', block - 1), span, counts, tonumber(keep[i]) + step[1] * step[2])
      if i == 2 then redis.call('ZADD', KEYS[1] .. ':series:seen', at, name) end
    elseif of < span then redis.call('APPEND', key, entry(span, counts))
    elseif of > span or size > #tail then late(key, redis.call('GET', key), span, counts)
    else
      local grew = entry(span, grown(unpacked(bytes), counts)) -- counts only grow, so it is not shorter than it was
      redis.call('SETRANGE', key, redis.call('STRLEN', key) - size, grew)
    end
  end
end
