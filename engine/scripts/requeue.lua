#!lua flags=allow-oom
-- requeue.lua: dead letters get another life: each joins the end of its lane by a reference, as promote does; id and body
-- stay, attempts, crashes and the error of the last life go. Runs when the store is full: it may be full of dead letters.
-- KEYS      1 base
-- ARGV      1 caller  2 operation  3 '1' when a new payload follows, else '0'  4 new payload, then ids
-- RETURNS   one character an id: '1' it went back, '0' it was no dead letter (any more); '' for a ghost of an old call
-- INCLUDES  clock memory id wake aside note
-- INVARIANT dead -> pending; the same operation again gives the same answer and moves nothing
local b, caller, op, now = KEYS[1], ARGV[1], tonumber(ARGV[2]), clock()
local known, late = recall(caller, op)
if known then return known end
if late then return '' end
local last = redis.call('HMGET', b .. ':meta', 'ms', 'seq')
local ms = math.max(now, tonumber(last[1] or 0))
local seq = ms == tonumber(last[1]) and tonumber(last[2]) or 0
local answer, queues = {}, {}
local function one(id)
  local lane = lane_of(id)
  local queue = lane and redis.call('HGET', b .. ':names', lane)
  if not queue or redis.call('ZREM', b .. ':dead:' .. queue, id) == 0 then return '0' end
  local record = b .. ':job:' .. id
  if redis.call('HEXISTS', record, 't') == 0 then
    aside(id, 'dead without a record', id)
    return '0'
  end
  seq = seq + 1
  local entry = string.format('%.0f-%.0f', ms, seq)
  redis.call('XADD', b .. ':lane:' .. lane, entry, 'ref', id)
  redis.call('HDEL', record, 'a', 'c', 'k', 'e', 'f', 'w', 'b')
  redis.call('HSET', record, 's', 'pending', 'at', entry, 'd', now)
  if ARGV[3] == '1' then redis.call('HSET', record, 'p', ARGV[4]) end
  queues[queue] = true
  return '1'
end
for i = 5, #ARGV do answer[#answer + 1] = one(ARGV[i]) end
redis.call('HSET', b .. ':meta', 'ms', string.format('%.0f', ms), 'seq', string.format('%.0f', seq))
for queue in pairs(queues) do wake(queue) end
return note(caller, op, now, table.concat(answer))
