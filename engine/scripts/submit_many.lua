#!lua
-- submit_many.lua: new jobs of all kinds, all of them or none: plain ones (as enqueue.lua takes them) and, after those,
-- others (as submit.lua takes each). Whatever can be refused is looked at for all of them before the first is made. No
-- allow-oom: it is new work, which a full server refuses before anything is written.
-- KEYS      1 base
-- ARGV      1 caller  2 operation  3 JSON: once, digest and once_ms of an idempotency key of the whole call, or ''
--           4 where the groups end in ARGV  5 ... groups of plain jobs (see part groups); then for each of the others
--           queue ('' = by type), type, where, payload, options, when, guard, number of fields of its record, name, value ...
-- RETURNS   'ms seq lane... id...': of the plain jobs the first one's ms and seq ('0 0': there are none) and one lane a
--           group; of the others their ids, '=' before it when it stood already. '= ' before all that: the call with this
--           idempotency key was answered so. Or, and no job was added, {'full', queue, pending}, {'late'} (a ghost of an
--           old call), {'conflict', id, n, twin} or {'differs', id, n, twin} (see part weigh; n = 0: the key of the whole
--           call), {'submit', type, traits ...}: such plain jobs are none, or what the caller asked to be told
-- INCLUDES  clock memory note create carry groups special
-- INVARIANT all or nothing; the same operation again gives the same answer and adds nothing
local caller, op, now = ARGV[1], tonumber(ARGV[2]), clock()
local known, late = recall(caller, op)
if known then return known end
if late then return { 'late' } end
local whole, jobs, at = ARGV[3] ~= '' and cjson.decode(ARGV[3]), {}, tonumber(ARGV[4]) + 1
if whole then
  local id, differs, answer = used(whole)
  if differs then return note(caller, op, now, { 'differs', differs[2], 0, 0 }) end
  if id then return note(caller, op, now, '= ' .. answer) end
end
local told, heard = must_submit(5, at - 1) or { 'submit' }, {}
while at <= #ARGV do
  local job = { queue = ARGV[at], type = ARGV[at + 1], where = ARGV[at + 2], payload = ARGV[at + 3], options = ARGV[at + 4],
    when = ARGV[at + 5], guard = cjson.decode(ARGV[at + 6]), fields = {} }
  for i = at + 8, at + 7 + 2 * tonumber(ARGV[at + 7]) do job.fields[#job.fields + 1] = ARGV[i] end
  local traits = job.guard.ask and not heard[job.type] and special(job.type)
  if traits then told[#told + 1], told[#told + 2], heard[job.type] = job.type, traits, true end
  jobs[#jobs + 1], at = job, at + 8 + #job.fields
end
if told[2] then return told end
local plans, lanes, of_queue, anew = {}, {}, {}, 0
for n, job in ipairs(jobs) do
  local plan, refusal = weigh(job, job.guard, n)
  if refusal then return note(caller, op, now, refusal) end
  plans[n] = plan
end
for n, job in ipairs(jobs) do
  if not plans[n].id and not plans[n].twin then
    local what = job.queue .. '\n' .. job.type .. '\n' .. job.where
    if not lanes[what] then
      local queue = queue_of(job)
      lanes[what] = { queue = queue, lane = lane_for(queue, job.type, job.where) }
    end
    local to = lanes[what]
    job.to, anew, of_queue[to.queue] = to, anew + 1, (of_queue[to.queue] or 0) + 1
    ask(to.queue, to.lane, 1, #job.payload)
  end
end
local groups, plain = groups_in(5, tonumber(ARGV[4]))
local full = no_room()
if full then return note(caller, op, now, full) end
local answer, ids, joining, into = { '0', '0' }, {}, {}, {}
if plain > 0 then answer = place(groups, plain, now) end
local stamp, seq
if anew > 0 then stamp, seq = issue(anew, now) end
for n, job in ipairs(jobs) do
  local id = answering(job, plans[n], ids, now)
  answer[#answer + 1] = id and '=' .. id
  if not id then
    seq = seq + 1
    id = job.to.lane .. '-' .. stamp .. '-' .. string.format('%.0f', seq)
    if make(job, id, job.to.lane, job.to.queue, now) then joining[#joining + 1], into[#into + 1] = id, job.to end
    holds(job, plans[n], id, now)
    answer[#answer + 1] = id
  end
  keep(plans[n], id)
  ids[n] = id
end
join(joining, now, nil, into)
for queue, n in pairs(of_queue) do taken_in(queue, n) end
local text = table.concat(answer, ' ')
if whole then use(whole, 'batch', text) end
return note(caller, op, now, text)
