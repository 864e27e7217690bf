#!lua flags=allow-oom
-- claim.lua: acknowledge the batch that was run and claim the next, in one call: the one a worker lives on.
-- KEYS      1 base
-- ARGV      1 incarnation  2 operation  3 lease in ms  4 wanted  5 number of queues  6 plain leases  7 leases with a
--           result, then the queues, the plain leases, and lease, result, ttl in ms, started at in ms (0 = not known)
--           for each with a result
-- RETURNS   {now, last sweep, acknowledgements refused, first token, blocks}; a block is {queue index, lane, kind, rows}:
--           kind 0 rows are stream entries, kind 1 rows are {entry, type, payload, options, attempts, crashes, ready}
-- INCLUDES  clock memory wake finish take begun
-- INVARIANT the same operation again gives the same jobs, less those that were taken away since; a dead incarnation
--           claims nothing, though its acknowledgements count while the lease is its own
local b, inc, op, now = KEYS[1], ARGV[1], tonumber(ARGV[2]), clock()
local want, queues, plain, full = tonumber(ARGV[4]), tonumber(ARGV[5]), tonumber(ARGV[6]), tonumber(ARGV[7])
local at, marks, processing = 7 + queues, b .. ':marks', b .. ':processing'
local refused = finish(ARGV, at + 1, at + plain, nil, now)
local leases, results = {}, {}
for i = at + plain + 1, at + plain + 4 * full, 4 do
  leases[#leases + 1], results[ARGV[i]] = ARGV[i], { ARGV[i + 1], tonumber(ARGV[i + 2]), tonumber(ARGV[i + 3]) }
end
refused = refused + finish(leases, 1, #leases, results, now)
local swept = tonumber(redis.call('HGET', b .. ':meta', 'swept') or 0)
local function body(lane, entry)
  local id = lane .. '-' .. entry
  local found = redis.call('HMGET', b .. ':job:' .. id, 't', 'p', 'o', 'a', 'c', 'd', 'x')
  if not found[1] then
    local rows = redis.call('XRANGE', b .. ':lane:' .. lane, entry, entry)
    if not rows[1] then return nil end
    local f = rows[1][2]
    return { entry, f[2], f[4], f[6] or '', 0, 0, 0 }
  end
  redis.call('HSET', b .. ':job:' .. id, 's', 'processing', 'w', inc, 'b', now)
  if found[7] and string.find(found[7], 'u', 1, true) then begun(id, b .. ':job:' .. id) end
  return { entry, found[1], found[2], found[3] or '', tonumber(found[4] or 0), tonumber(found[5] or 0), tonumber(found[6] or 0) }
end
local known, late = recall(inc, op)
if known then return repeated(known, body, queues, { now, swept, refused }) end
if late or redis.call('ZSCORE', b .. ':gone', inc) then return { now, swept, refused, 0, {} } end
local left, blocks, taken = want, {}, {}
for q = 1, queues do
  local name = ARGV[7 + q]
  local lane = redis.call('HGET', b .. ':lanes', name)
  if lane and redis.call('SISMEMBER', b .. ':paused', name) == 0 then
    local before = left
    if left > 0 then left = left - from_head(lane, q - 1, left, body, blocks, taken) end
    if left > 0 then left = left - from_lane(lane, q - 1, left, body, blocks, taken) end
    local rest = redis.call('XLEN', b .. ':lane:' .. lane) + redis.call('LLEN', b .. ':head:' .. lane)
      - (redis.call('HGET', marks, 'p' .. lane) or 0)
    if rest > 0 then wake(name) end
  end
end
local token = redis.call('HINCRBY', b .. ':meta', 'token', #taken) - #taken
if #taken > 0 then
  local grants, due = {}, now + tonumber(ARGV[3])
  for i, id in ipairs(taken) do
    local lease = id .. '/' .. string.format('%.0f', token + i) .. '/' .. inc
    taken[i], grants[2 * i - 1], grants[2 * i] = lease, due, lease
  end
  redis.call('ZADD', processing, unpack(grants))
end
remember(inc, op, table.concat(taken, ' '))
return { now, swept, refused, token + 1, blocks }
