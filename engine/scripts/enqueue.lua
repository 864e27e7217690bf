#!lua
-- enqueue.lua: new jobs, one or many, into their queues' lanes; or into scheduled when they have a time. No allow-oom:
-- a server that is full refuses new work before anything is written, and finishes what it has.
-- KEYS      1 base
-- ARGV      1 caller  2 operation  then groups: queue ('' = by type), type, where (see part issue), n, then n times
--           payload, options, when ('' now, '+ms' from now, '@ms' since the epoch)
-- RETURNS   'ms seq lane...': the first job's ms and seq, the others follow by seq; one lane a group. Or
--           {'full', queue, pending} {'late'} (a ghost of an old call), or
--           {'submit', type, traits ...} (such jobs go through submit.lua): nothing was written
-- INCLUDES  clock memory wake issue note special
-- INVARIANT the same operation again gives the same answer and adds nothing; ids only grow
local b, caller, op, now = KEYS[1], ARGV[1], tonumber(ARGV[2]), clock()
local known, late = recall(caller, op)
if known then return known end
if late then return { 'late' } end
local special = must_submit(3)
if special then return special end
local groups, asked, at = {}, {}, 3
while at <= #ARGV do
  local queue, n = ARGV[at], tonumber(ARGV[at + 3])
  if queue == '' then queue = redis.call('HGET', b .. ':types', ARGV[at + 1]) or 'default' end
  local lane = lane_for(queue, ARGV[at + 1], ARGV[at + 2])
  groups[#groups + 1] = { queue = queue, lane = lane, type = ARGV[at + 1], first = at + 4, n = n }
  asked[queue] = (asked[queue] or 0) + n
  at = at + 4 + 3 * n
end
local total = 0
for _, g in ipairs(groups) do
  local pending = crowded(g.queue, g.lane, asked[g.queue])
  if pending then return { 'full', g.queue, pending } end
  total = total + g.n
end
local stamp, seq = issue(total, now)
local answer = { stamp, string.format('%.0f', seq + 1) }
local function add(g, entry, payload, options, when)
  if when == '' then
    if options == '' then redis.call('XADD', b .. ':lane:' .. g.lane, entry, 't', g.type, 'p', payload)
    else redis.call('XADD', b .. ':lane:' .. g.lane, entry, 't', g.type, 'p', payload, 'o', options) end
    return
  end
  local due = string.sub(when, 1, 1) == '+' and now + tonumber(string.sub(when, 2)) or tonumber(string.sub(when, 2))
  local id = g.lane .. '-' .. entry
  redis.call('HSET', b .. ':job:' .. id, 'q', g.queue, 't', g.type, 'p', payload, 'o', options, 's', 'scheduled', 'd', due)
  redis.call('ZADD', b .. ':scheduled', due, id)
  redis.call('HINCRBY', b .. ':marks', 's' .. g.lane, 1)
end
for _, g in ipairs(groups) do
  for i = g.first, g.first + 3 * g.n - 1, 3 do
    seq = seq + 1
    add(g, stamp .. '-' .. string.format('%.0f', seq), ARGV[i], ARGV[i + 1], ARGV[i + 2])
  end
  answer[#answer + 1] = g.lane
  wake(g.queue)
end
return note(caller, op, now, table.concat(answer, ' '))
