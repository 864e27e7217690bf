#!lua flags=allow-oom
-- park.lua: a worker claimed a job of a type that it does not know. The job goes to a lane of its type, which workers that
-- do not know it pass over; nothing is charged. Where no live worker knows it, the lane waits until one comes.
-- KEYS      1 base
-- ARGV      1 lease  2 type
-- RETURNS   'parked': no live worker knows it; 'passed on': one does; '' when the lease was not held any more
-- INCLUDES  clock id lift lanes let_go join parking unwanted regain
-- INVARIANT processing -> pending
local b, now, lease, type = KEYS[1], clock(), ARGV[1], ARGV[2]
if redis.call('ZREM', b .. ':processing', lease) == 0 then return '' end
let_go({ lease })
local id = id_of(lease)
if unwanted(id) then return 'passed on' end
local queue, record = lift(id)
if not queue then return '' end
local lane = redis.call('HGET', record, 'l') or lane_of(id)
local priority, tenant, of, key, cost = '', '', '', '', ''
if is_apart(lane) then priority, tenant, of, key, cost = said(lane) end
if of == '' then
  lane = apart_lane(queue, table.concat({ priority, tenant, key, cost }, '\t'), type)
  redis.call('HSET', record, 'l', lane)
end
redis.call('HDEL', record, 'b', 'w')
regain(id, record)
join({ id }, now, 'parked')
if known(type) then return 'passed on' end
park_lane(lane, queue, now)
return 'parked'
