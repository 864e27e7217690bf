#!lua
-- flow.lua: a flow's members, all of them or some; none starts before the flow is closed, so a producer that dies on the
-- way leaves nothing running. No allow-oom: it is new work, which a full server refuses before anything is written.
-- KEYS      1 base
-- ARGV      1 caller  2 operation  3 flow ('' = a new one)  4 its name  5 how long it is kept once over, in ms  6 how long
--           it may stay open, in ms  7 '1' = these are the last  8 number of members, then for each: queue ('' = by type),
--           type, where (see part issue), payload, options, name, number of fields of its record, name, value ...,
--           number of parents, policy, parent (an id, or '#n' for the nth of this call) ...
-- RETURNS   'flow ids...'; {'full', queue, pending}, {'closed'} (it was, or is no more) or {'late'} (a ghost of an old
--           call): no job was added
-- INCLUDES  clock memory create follow_roots note room
-- INVARIANT new -> scheduled (held); the same operation again gives the same answer and adds nothing
local b, caller, op, now, flow = KEYS[1], ARGV[1], tonumber(ARGV[2]), clock(), ARGV[3]
local known, late = recall(caller, op)
if known then return known end
if late then return { 'late' } end
if flow ~= '' and flow_state(flow) ~= 'open' then return note(caller, op, now, { 'closed' }) end
local members, at = {}, 9
local function pairs_of(from, n)
  local found = {}
  for i = from, from + 2 * n - 1 do found[#found + 1] = ARGV[i] end
  return found
end
for n = 1, tonumber(ARGV[8]) do
  local job = { queue = ARGV[at], type = ARGV[at + 1], where = ARGV[at + 2], payload = ARGV[at + 3], options = ARGV[at + 4],
    name = ARGV[at + 5], when = 'held', fields = pairs_of(at + 7, tonumber(ARGV[at + 6])) }
  at = at + 7 + #job.fields
  job.parents = pairs_of(at + 1, tonumber(ARGV[at]))
  at = at + 1 + #job.parents
  if job.queue == '' then job.queue = redis.call('HGET', b .. ':types', job.type) or 'default' end
  ask(job.queue, lane_for(job.queue, job.type, job.where), 1, #job.payload)
  members[n] = job
end
local full = no_room()
if full then return note(caller, op, now, full) end
if flow == '' then
  local stamp, seq = issue(1, now)
  flow = stamp .. '-' .. string.format('%.0f', seq + 1)
  redis.call('HSET', b .. ':flow:' .. flow, 'name', ARGV[4], 'state', 'open', 'made', now, 'keep', ARGV[5])
  redis.call('ZADD', b .. ':flows', now, flow)
  redis.call('ZADD', b .. ':flows:open', now + tonumber(ARGV[6]), flow)
end
local key, ids, children = b .. ':flow:' .. flow, {}, {}
for n, job in ipairs(members) do
  local p, fields = job.parents, job.fields
  for i = 2, #p, 2 do p[i] = string.sub(p[i], 1, 1) == '#' and ids[tonumber(string.sub(p[i], 2))] or p[i] end
  fields[#fields + 1], fields[#fields + 2] = 'fi', flow
  if #p > 0 then fields[#fields + 1], fields[#fields + 2] = 'fp', table.concat(p, ' ') end
  ids[n] = create(job, now)
  redis.call('HSET', key .. ':members', job.name, ids[n])
  for i = 2, #p, 2 do
    redis.call('SADD', b .. ':needs:' .. ids[n], p[i])
    children[p[i]] = children[p[i]] or { redis.call('HGET', b .. ':job:' .. p[i], 'fc') or nil }
    table.insert(children[p[i]], p[i - 1] .. ' ' .. ids[n])
  end
  if #p == 0 then
    redis.call('SADD', b .. ':needs:' .. ids[n], 'gate')
    redis.call('RPUSH', key .. ':roots', ids[n])
  end
end
for parent, list in pairs(children) do redis.call('HSET', b .. ':job:' .. parent, 'fc', table.concat(list, ' ')) end
if ARGV[7] == '1' then follow_roots(flow, now) end
return note(caller, op, now, flow .. ' ' .. table.concat(ids, ' '))
