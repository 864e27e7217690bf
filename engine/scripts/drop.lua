#!lua flags=allow-oom
-- drop.lua: dead letters that nobody wants go, with their records.
-- KEYS      1 base
-- ARGV      1 caller  2 operation, then ids
-- RETURNS   one character an id: '1' it went, '0' it was no dead letter (any more); '' for a ghost of an old call
-- INCLUDES  clock memory id note forget
-- INVARIANT dead -> gone; the same operation again gives the same answer and drops nothing
local b, caller, op, now = KEYS[1], ARGV[1], tonumber(ARGV[2]), clock()
local known, late = recall(caller, op)
if known then return known end
if late then return '' end
local answer = {}
for i = 3, #ARGV do
  local lane = lane_of(ARGV[i])
  local queue = lane and redis.call('HGET', b .. ':names', lane)
  local dropped = queue and redis.call('ZREM', b .. ':dead:' .. queue, ARGV[i]) == 1
  if dropped then forget(ARGV[i], now) end
  answer[#answer + 1] = dropped and '1' or '0'
end
return note(caller, op, now, table.concat(answer))
