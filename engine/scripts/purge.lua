#!lua flags=allow-oom
-- purge.lua: some of a queue's pending jobs are cancelled: lane by lane, first those that were given back. Their records
-- stay for a short while, without bodies: who purges is often short of memory.
-- KEYS      1 base
-- ARGV      1 caller  2 operation  3 queue  4 limit  5 how long the records are kept, in ms  6 last entry that counts, as
--           the first call answered it ('' in the first): what is enqueued meanwhile stays
-- RETURNS   'cancelled last more': how many, the last entry that counts, 1 when there may be more. '' for a ghost
-- INCLUDES  clock memory annul note
-- INVARIANT pending -> finished (cancelled); the same operation again gives the same answer and cancels nothing
local b, caller, op, now = KEYS[1], ARGV[1], tonumber(ARGV[2]), clock()
local known, late = recall(caller, op)
if known then return known end
if late then return '' end
local last = redis.call('HMGET', b .. ':meta', 'ms', 'seq')
local upto = ARGV[6] ~= '' and ARGV[6] or (last[1] or '0') .. '-' .. (last[2] or '0')
local main, limit, ids = redis.call('HGET', b .. ':lanes', ARGV[3]), tonumber(ARGV[4]), {}
if not main then return note(caller, op, now, '0 ' .. upto .. ' 0') end
local lanes = redis.call('HKEYS', b .. ':state:' .. ARGV[3])
lanes[#lanes + 1] = main
for _, lane in ipairs(lanes) do
  if #ids >= limit then break end
  for _, id in ipairs(redis.call('LRANGE', b .. ':head:' .. lane, 0, limit - #ids - 1)) do ids[#ids + 1] = id end
  local cursor = redis.call('HGET', b .. ':marks', 'c' .. lane) or '0-0'
  if #ids < limit then
    for _, row in ipairs(redis.call('XRANGE', b .. ':lane:' .. lane, '(' .. cursor, upto, 'COUNT', limit - #ids)) do
      ids[#ids + 1] = row[2][1] == 'ref' and row[2][2] or lane .. '-' .. row[1]
    end
  end
end
local cancelled = 0
for _, id in ipairs(ids) do
  if annul(id, ARGV[5], now) == 'cancelled' then
    cancelled = cancelled + 1
    redis.call('HDEL', b .. ':job:' .. id, 'p', 'o')
  end
end
local more = #ids == limit and cancelled > 0
return note(caller, op, now, cancelled .. ' ' .. upto .. ' ' .. (more and '1' or '0'))
