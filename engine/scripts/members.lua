#!lua flags=allow-oom
-- members.lua: a flow, and some of its members.
-- KEYS      1 base
-- ARGV      1 flow  2 cursor (0 = from the beginning)  3 about how many
-- RETURNS   {} when there is no such flow; else {next cursor (0 = that was all), members, ended, its fields {name, value,
--           ...}, rows}; a row: name, id, how it ended or '', state, held (0 or 1), then fields t fp fy fs fz of its record
-- INCLUDES  member
-- INVARIANT reads only; a member may be answered twice
local b, flow = KEYS[1], ARGV[1]
if not flow_state(flow) then return {} end
local key, rows = b .. ':flow:' .. flow, {}
local scan = redis.call('HSCAN', key .. ':members', ARGV[2], 'COUNT', ARGV[3])
for i = 1, #scan[2], 2 do
  local id = scan[2][i + 1]
  local known = redis.call('HMGET', b .. ':job:' .. id, 's', 't', 'fp', 'fy', 'fs', 'fz')
  rows[#rows + 1] = {
    scan[2][i], id, redis.call('HGET', key .. ':ended', id) or '', known[1] or '', redis.call('EXISTS', b .. ':needs:' .. id),
    known[2] or '', known[3] or '', known[4] or '', known[5] or '', known[6] or '',
  }
end
return { scan[1], redis.call('HLEN', key .. ':members'), redis.call('HLEN', key .. ':ended'), redis.call('HGETALL', key), rows }
