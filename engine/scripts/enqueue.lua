#!lua
-- enqueue.lua: new jobs, one or many, into their queues' lanes; or into scheduled when they have a time. No allow-oom:
-- a server that is full refuses new work before anything is written, and finishes what it has.
-- KEYS      1 base
-- ARGV      1 caller  2 operation  then groups: queue ('' = by type), type, where (see part issue), n, then n times
--           payload, options, when ('' now, '+ms' from now, '@ms' since the epoch)
-- RETURNS   'ms seq lane...': the first job's ms and seq, the others follow by seq; one lane a group. Or
--           {'full', queue, pending}, {'late'} (a ghost of an old call), or
--           {'submit', type, traits ...} (such jobs go through submit.lua): no job was added
-- INCLUDES  clock memory wake issue later soon note rings special taken_in
-- INVARIANT the same operation again gives the same answer and adds nothing; ids only grow
local b, caller, op, now = KEYS[1], ARGV[1], tonumber(ARGV[2]), clock()
local known, late = recall(caller, op)
if known then return known end
if late then return { 'late' } end
local special = must_submit(3)
if special then return special end
local groups, asked, total, at = {}, {}, 0, 3
local limited = redis.call('EXISTS', b .. ':limits') == 1
local function ask(name, n, bytes)
  local sum = asked[name] or { 0, 0 }
  asked[name] = { sum[1] + n, sum[2] + bytes }
end
while at <= #ARGV do
  local queue, n, bytes = ARGV[at], tonumber(ARGV[at + 3]), 0
  if queue == '' then queue = redis.call('HGET', b .. ':types', ARGV[at + 1]) or 'default' end
  local lane = lane_for(queue, ARGV[at + 1], ARGV[at + 2])
  groups[#groups + 1] = { queue = queue, lane = lane, type = ARGV[at + 1], first = at + 4, last = at + 3 + 3 * n }
  if limited then
    for i = at + 4, at + 3 + 3 * n, 3 do bytes = bytes + #ARGV[i] end
    ask(queue, n, bytes)
    ask(queue .. '/' .. lane, n, bytes)
  end
  total, at = total + n, at + 4 + 3 * n
end
if limited then
  for _, g in ipairs(groups) do
    local pending = crowded(g.queue, g.lane, asked[g.queue], asked[g.queue .. '/' .. g.lane])
    if pending then return note(caller, op, now, { 'full', g.queue, pending }) end
  end
end
local stamp, seq = issue(total, now)
local answer, first = { stamp, string.format('%.0f', seq + 1) }, nil
local function delayed(g, entry, payload, options, when)
  local due = string.sub(when, 1, 1) == '+' and now + tonumber(string.sub(when, 2)) or tonumber(string.sub(when, 2))
  local id = g.lane .. '-' .. entry
  redis.call('HSET', b .. ':job:' .. id, 'q', g.queue, 't', g.type, 'p', payload, 'o', options, 's', 'scheduled', 'd', due)
  redis.call('ZADD', b .. ':scheduled', due, id)
  later(g.lane, 1)
  first = math.min(first or due, due)
end
for _, g in ipairs(groups) do
  local stream, pending = b .. ':lane:' .. g.lane, 0
  for i = g.first, g.last, 3 do
    seq = seq + 1
    local entry, payload, options, when = stamp .. '-' .. string.format('%.0f', seq), ARGV[i], ARGV[i + 1], ARGV[i + 2]
    if when ~= '' then delayed(g, entry, payload, options, when)
    else
      pending = pending + 1
      if options == '' then redis.call('XADD', stream, entry, 't', g.type, 'p', payload)
      else redis.call('XADD', stream, entry, 't', g.type, 'p', payload, 'o', options) end
    end
  end
  answer[#answer + 1] = g.lane
  stand(g.lane, g.queue, pending)
  taken_in(g.queue, (g.last - g.first + 1) / 3)
  if pending > 0 then wake(g.queue) end
end
if first then soon(first) end
return note(caller, op, now, table.concat(answer, ' '))
