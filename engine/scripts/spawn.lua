#!lua
-- spawn.lua: a running job adds a job to its flow; without one, it becomes the first member of a new flow. Whoever waits
-- for the running job waits for the new one too. A job that runs again is given the children of its last run, by name.
-- KEYS      1 base
-- ARGV      1 caller  2 operation  3 lease  4 name, within the parent's  5 how long a new flow is kept once over, in ms
--           6 most members  7 queue ('' = by type)  8 type  9 where  10 payload  11 options  12 when  13 the parent's type,
--           then fields of the record: name, value ...
-- RETURNS   'flow id'; no job was added: {'full', queue, pending}, {'late'}, {'lost'} (the lease), {'stopped'} (the
--           flow was cancelled), {'taken', name} (by a job of another type), {'large'} (the flow)
-- INCLUDES  clock memory id lift member create note
-- INVARIANT new -> pending or scheduled; only for who holds the lease; the same operation again adds nothing
local b, caller, op, now = KEYS[1], ARGV[1], tonumber(ARGV[2]), clock()
local known, late = recall(caller, op)
if known then return known end
if late then return { 'late' } end
local parent = id_of(ARGV[3])
if not parent or not redis.call('ZSCORE', b .. ':processing', ARGV[3]) then return note(caller, op, now, { 'lost' }) end
local record = b .. ':job:' .. parent
local mine = redis.call('HMGET', record, 'fi', 'fn', 'fc')
local flow = mine[1] and flow_state(mine[1]) and mine[1]
local called = flow and mine[2] or ARGV[13]
local name = called .. '/' .. ARGV[4]
if flow then
  local key = b .. ':flow:' .. flow
  local same = redis.call('HGET', key .. ':members', name)
  if same then
    local type = redis.call('HGET', b .. ':job:' .. same, 't')
    if type and type ~= ARGV[8] then return note(caller, op, now, { 'taken', name }) end
    return note(caller, op, now, flow .. ' ' .. same)
  end
  if redis.call('HEXISTS', key, 'stop') == 1 then return note(caller, op, now, { 'stopped' }) end
  if redis.call('HLEN', key .. ':members') >= tonumber(ARGV[6]) then return note(caller, op, now, { 'large' }) end
end
local made = not flow
if made then
  local stamp, seq = issue(1, now)
  flow = stamp .. '-' .. string.format('%.0f', seq + 1)
end
local key, fields = b .. ':flow:' .. flow, { 'fi', flow, 'fn', name, 'fs', parent }
for i = 14, #ARGV do fields[#fields + 1] = ARGV[i] end
local id, full = create({
  queue = ARGV[7], type = ARGV[8], where = ARGV[9], payload = ARGV[10], options = ARGV[11], when = ARGV[12], fields = fields,
}, now)
if not id then return note(caller, op, now, full) end
if made then
  lift(parent)
  local strings = string.gsub(redis.call('HGET', record, 'x') or '', 'f', '') .. 'f'
  redis.call('HSET', record, 's', 'processing', 'x', strings, 'fi', flow, 'fn', called, 'fz', '1')
  redis.call('HDEL', record, 'fp', 'fc')
  redis.call('HSET', key, 'name', called, 'state', 'running', 'made', now, 'keep', ARGV[5])
  redis.call('HSET', key .. ':members', called, parent)
  redis.call('ZADD', b .. ':flows', now, flow)
end
redis.call('HSET', key .. ':members', name, id)
local children = {}
for policy, child in string.gmatch(flow == mine[1] and mine[3] or '', '(%S+) (%S+)') do
  local of, needs = b .. ':job:' .. child, b .. ':needs:' .. child
  if redis.call('SISMEMBER', needs, parent) == 1 then
    redis.call('SADD', needs, id)
    redis.call('HSET', of, 'fp', redis.call('HGET', of, 'fp') .. ' ' .. policy .. ' ' .. id)
    children[#children + 1] = policy .. ' ' .. child
  end
end
if #children > 0 then redis.call('HSET', b .. ':job:' .. id, 'fc', table.concat(children, ' ')) end
return note(caller, op, now, flow .. ' ' .. id)
