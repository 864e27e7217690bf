#!lua
-- count.lua: a host says what all its workers have counted since they began; what is new in it joins the charts and the
-- totals. No allow-oom: charts are the first that a full store goes without.
-- KEYS      1 base
-- ARGV      1 board: the counters' own name  2 how: 'count', or 'begin': what was counted before now does not matter
--           3 whether nothing was ever counted that is not told here or was told before (0 or 1)  4 ms since the epoch when
--           it was read (0 = now)  5, 6, 7 seconds for which minutes, tens and hours are kept, then name and counts of each
--           series (see part series and part vector)
-- RETURNS   {now, how many series grew}; {now, -1}: this store knows the board not (any more), begin
-- INCLUDES  clock series pace
-- INVARIANT told twice counts once, whoever tells it and in whatever order: only what exceeds what was told before counts
local b, now = KEYS[1], clock()
local told, at, keep, grew = b .. ':series:told:' .. ARGV[1], tonumber(ARGV[4]), { ARGV[5], ARGV[6], ARGV[7] }, 0
if ARGV[2] == 'count' and ARGV[3] == '0' and redis.call('EXISTS', told) == 0 then return { now, -1 } end
if at > now or now - at > 600000 then at = now end -- of long ago, or by another clock
local function newer(name, bytes)
  local before, after, new = redis.call('HGET', told, name), unpacked(bytes), nil
  if not before and redis.call('HLEN', told) >= 1000 then return nil end
  for number, count in pairs(unpacked(before or '')) do
    if (after[number] or 0) < count then return nil end -- an older reading that was overtaken
    after[number] = after[number] - count
  end
  for number, count in pairs(after) do
    if count > 0 then new = after break end
  end
  if new or not before then redis.call('HSET', told, name, bytes) end
  return new
end
local function total(letter, queue, n)
  if n > 0 then redis.call('HINCRBY', b .. ':totals', letter .. queue, string.format('%.0f', n)) end
end
for i = 8, #ARGV, 2 do
  local name = ARGV[i]
  local new = newer(name, ARGV[i + 1])
  if new and ARGV[2] == 'count' then
    chart(name, new, at, keep)
    grew = grew + 1
    local queue = string.match(name, '^j([^\t]*)')
    if queue then
      local done, dead, other = new[1] or 0, new[3] or 0, new[5] or 0
      total('d', queue, done)
      total('f', queue, new[2] or 0)
      total('o', queue, done + dead + other)
    end
  end
end
local said = tonumber(redis.call('HGET', told, '') or 0)
if math.floor(said / 60000) ~= math.floor(at / 60000) then -- once a minute, so that an idle host writes next to nothing
  redis.call('HSET', told, '', string.format('%.0f', at))
  redis.call('EXPIRE', told, 86400)
  chart('h', { 1 }, at, keep)
end
redis.call('HSET', b .. ':totals', 'at', now)
pace(now)
return { now, grew }
