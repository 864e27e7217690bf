#!lua flags=allow-oom
-- requeue.lua: dead letters get another life: each joins the end of its lane, as promote does; id and body stay,
-- attempts, crashes and the error of the last life go. Runs when the store is full: it may be full of dead letters.
-- KEYS      1 base
-- ARGV      1 caller  2 operation  3 '1' when a new payload follows, else '0'  4 new payload, then ids
-- RETURNS   one character an id: '1' it went back, '0' it was no dead letter (any more); '' for a ghost of an old call
-- INCLUDES  clock memory id aside join note revive regain
-- INVARIANT dead -> pending; the same operation again gives the same answer and moves nothing
local b, caller, op, now = KEYS[1], ARGV[1], tonumber(ARGV[2]), clock()
local known, late = recall(caller, op)
if known then return known end
if late then return '' end
local answer, sound = {}, {}
local function one(id)
  local lane = lane_of(id)
  local queue = lane and redis.call('HGET', b .. ':names', lane)
  if not queue or redis.call('ZREM', b .. ':dead:' .. queue, id) == 0 then return '0' end
  local record = b .. ':job:' .. id
  if redis.call('HEXISTS', record, 't') == 0 then
    aside(id, 'dead without a record', id)
    return '0'
  end
  redis.call('HDEL', record, 'a', 'c', 'k', 'ks', 'e', 'f', 'w', 'b', 'pg', 'sn')
  redis.call('HSET', record, 'd', now)
  revive(id, record)
  if ARGV[3] == '1' then
    redis.call('HSET', record, 'p', ARGV[4])
    redis.call('HDEL', record, 'cp') -- it was made of another payload
  end
  regain(id, record)
  sound[#sound + 1] = id
  return '1'
end
for i = 5, #ARGV do answer[#answer + 1] = one(ARGV[i]) end
join(sound, now, 'requeued')
return note(caller, op, now, table.concat(answer))
