#!lua
-- fire.lua: a slot of a schedule has come: its job is enqueued, once, however many janitors say so. No allow-oom: it is
-- new work, which a full server refuses before anything is written.
-- KEYS      1 base
-- ARGV      1 schedule  2 slot, in s since the epoch  3 what to do while a job of it has not ended: allow, skip,
--           queue_one, cancel_old (it is stopped); or pass: no job, the slot only goes by  4 how many slots were missed
--           (a pause misses none)  5 queue ('' = by type)  6 type  7 payload  8 options  9 definition that all this is
--           from ('' = do not compare)
-- RETURNS   {'fired', id}; {'held'}: it waits for the end of the job before; {'skipped'}; {'passed'}; {'paused'};
--           {'late'}: this slot or a later one had its turn; {'early'}; {'unknown'}: no such schedule;
--           {'changed'}: it has another definition; {'full', queue, pending}: the slot is still to come
-- INCLUDES  clock launch runs call_off
-- INVARIANT new -> pending; a schedule's slot only grows, and each has one turn
local b, name, slot, how, now = KEYS[1], ARGV[1], tonumber(ARGV[2]), ARGV[3], clock()
local state = b .. ':schedule:' .. name
local known = redis.call('HMGET', state, 'slot', 'held', 'paused')
if not known[1] then return { 'unknown' } end
if ARGV[9] ~= '' and redis.call('HGET', b .. ':schedules', name) ~= ARGV[9] then return { 'changed' } end
if slot * 1000 > now then return { 'early' } end
local held = known[2] == ARGV[2]
if slot <= tonumber(known[1]) and not held then return { 'late' } end
local function turn(answer, count)
  redis.call('HSET', state, 'slot', ARGV[2])
  if count then redis.call('HINCRBY', state, count, 1) end
  if ARGV[4] ~= '0' and answer ~= 'paused' then redis.call('HINCRBY', state, 'missed', ARGV[4]) end
  return { answer }
end
if known[3] == '1' then return held and { 'paused' } or turn('paused') end
if how == 'pass' then return turn('passed') end
local open = runs(state, now)
if how == 'cancel_old' then
  for _, id in ipairs(open) do call_off(id, 3600000, now, '- its schedule fired again') end
elseif #open > 0 and how ~= 'allow' then
  if held then return { 'held' } end
  if how == 'skip' or known[2] then return turn('skipped', 'skipped') end
  redis.call('HSET', state, 'held', ARGV[2])
  return turn('held')
end
local id, full = launch(state, open, { ARGV[5], ARGV[6], ARGV[7], ARGV[8] }, now)
if not id then return full end
if held then redis.call('HDEL', state, 'held') else turn('fired') end
return { 'fired', id }
