#!lua flags=allow-oom
-- claim.lua: acknowledge the batch that was run and claim the next, in one call: the one a worker lives on.
-- KEYS      1 base
-- ARGV      1 incarnation  2 operation  3 lease in ms  4 wanted  5 number of queues  6 plain leases  7 leases with a
--           result  8 ms after which a job goes before those of higher priority (0 = never)  9 number of types to
--           pass over, then the queues, those types, the plain leases, and lease, result, ttl in ms, started at in ms
--           (0 = not known) for each with a result
-- RETURNS   {now, last sweep, acknowledgements refused, first token, blocks}; a block is {queue index, lane, kind, rows}:
--           kind 0 rows are stream entries, kind 1 rows are {entry, type, payload, options, attempts, crashes, ready}
-- INCLUDES  clock memory wake finish turns held repeated story begun
-- INVARIANT the same operation again gives the same jobs, less those that were taken away since; a dead incarnation
--           claims nothing, though its acknowledgements count while the lease is its own
local b, inc, op, now = KEYS[1], ARGV[1], tonumber(ARGV[2]), clock()
local left, queues, plain, full = tonumber(ARGV[4]), tonumber(ARGV[5]), tonumber(ARGV[6]), tonumber(ARGV[7])
local at, taken = 9 + queues + tonumber(ARGV[9]), {}
local refused = finish(ARGV, at + 1, at + plain, nil, now)
local leases, results = {}, {}
for i = at + plain + 1, at + plain + 4 * full, 4 do
  leases[#leases + 1], results[ARGV[i]] = ARGV[i], { ARGV[i + 1], tonumber(ARGV[i + 2]), tonumber(ARGV[i + 3]) }
end
refused = refused + finish(leases, 1, #leases, results, now)
local swept = tonumber(redis.call('HGET', b .. ':meta', 'swept') or 0)
local function body(lane, entry)
  local id = lane .. '-' .. entry
  local found = redis.call('HMGET', b .. ':job:' .. id, 't', 'p', 'o', 'a', 'c', 'd', 'y', 'x')
  if not found[1] then
    local rows = redis.call('XRANGE', b .. ':lane:' .. lane, entry, entry)
    if not rows[1] then return nil end
    local f = rows[1][2]
    return { entry, f[2], f[4], f[6] or '', 0, 0, 0 }
  end
  if found[8] and string.find(found[8], 'u', 1, true) then begun(id, b .. ':job:' .. id) end
  redis.call('HSET', b .. ':job:' .. id, 's', 'processing', 'w', inc, 'b', now, 'y', told(found[7] or nil, 'claimed ' .. inc, now))
  return { entry, found[1], found[2], found[3] or '', tonumber(found[4] or 0), tonumber(found[5] or 0), tonumber(found[6] or 0) }
end
local known, late = recall(inc, op)
if known then return repeated(known, body, 9, queues, { now, swept, refused }) end
if late or redis.call('ZSCORE', b .. ':gone', inc) then return { now, swept, refused, 0, {} } end
local first = tonumber(redis.call('HGET', b .. ':meta', 'token') or 0)
local function lease(i) return taken[i] .. '/' .. string.format('%.0f', first + i) .. '/' .. inc end
local to = { body = body, blocks = {}, taken = taken, skip = {}, used = {}, lease = lease, now = now, old = 0 }
if op % 8 == 0 then to.old = tonumber(ARGV[8]) end
for i = 10 + queues, at do to.skip[ARGV[i]] = true end
if redis.call('EXISTS', b .. ':apart', b .. ':held') > 0 then to.sieve = sieve(now) end
local function serve(q, most)
  local name = ARGV[9 + q]
  local lane = redis.call('HGET', b .. ':lanes', name)
  if not lane or redis.call('SISMEMBER', b .. ':paused', name) == 1 then return end
  to.index, to.passed = q - 1, 0
  local rings = redis.call('EXISTS', b .. ':high:' .. name, b .. ':ring:' .. name, b .. ':low:' .. name)
  if most > 0 then left = left - (rings > 0 and turns(name, lane, most, to) or from_lane(lane, most, to)) end
  if rest(lane) > 0 or (rings > 0 and crowd(name) > to.passed) then wake(name) end
end
for q = queues, 2, -1 do
  if to.old > 0 and left > 0 and aged(ARGV[9 + q], to) then serve(q, math.ceil(left / 2)) end
end
for q = 1, queues do serve(q, left) end
if #taken > 0 then
  redis.call('HINCRBY', b .. ':meta', 'token', #taken)
  local grants, due = {}, now + tonumber(ARGV[3])
  for i = 1, #taken do
    taken[i] = lease(i)
    grants[2 * i - 1], grants[2 * i] = due, taken[i]
  end
  redis.call('ZADD', b .. ':processing', unpack(grants))
end
remember(inc, op, table.concat(taken, ' '))
return { now, swept, refused, first + 1, to.blocks }
