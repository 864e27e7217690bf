-- part groups: plain jobs, on which nothing hangs: their bodies stand in the entries of their lanes, or, when they have a
-- time, in records.
-- KEYS      1 base
-- ARGV      groups: queue ('' = by type), type, where (see part issue), n, then n times payload, options, when ('' now,
--           '+ms' from now, '@ms' since the epoch)
-- RETURNS   groups_in(from, to) -> the groups that stand in ARGV there, how many jobs they have; room is asked for them
--           place(groups, jobs, now) -> the first job's ms and seq (the others follow by seq), and one lane a group
-- INCLUDES  issue later room rings soon taken_in
-- INVARIANT new -> pending or scheduled
local function groups_in(at, to)
  local b, groups, total = KEYS[1], {}, 0
  local limited = redis.call('EXISTS', b .. ':limits') == 1
  while at <= to do
    local queue, n, bytes = ARGV[at], tonumber(ARGV[at + 3]), 0
    if queue == '' then queue = redis.call('HGET', b .. ':types', ARGV[at + 1]) or 'default' end
    local lane = lane_for(queue, ARGV[at + 1], ARGV[at + 2])
    groups[#groups + 1] = { queue = queue, lane = lane, type = ARGV[at + 1], first = at + 4, last = at + 3 + 3 * n }
    if limited then
      for i = at + 4, at + 3 + 3 * n, 3 do bytes = bytes + #ARGV[i] end
      ask(queue, lane, n, bytes)
    end
    total, at = total + n, at + 4 + 3 * n
  end
  return groups, total
end
local function delayed(g, entry, i, now)
  local b, when, id = KEYS[1], ARGV[i + 2], g.lane .. '-' .. entry
  local due = string.sub(when, 1, 1) == '+' and now + tonumber(string.sub(when, 2)) or tonumber(string.sub(when, 2))
  redis.call('HSET', b .. ':job:' .. id, 'q', g.queue, 't', g.type, 'p', ARGV[i], 'o', ARGV[i + 1], 's', 'scheduled', 'd', due)
  redis.call('ZADD', b .. ':scheduled', due, id)
  later(g.lane, 1)
  return due
end
local function place(groups, total, now)
  local stamp, seq = issue(total, now)
  local answer, first = { stamp, string.format('%.0f', seq + 1) }, nil
  for _, g in ipairs(groups) do
    local stream, pending = KEYS[1] .. ':lane:' .. g.lane, 0
    for i = g.first, g.last, 3 do
      seq = seq + 1
      local entry, options = stamp .. '-' .. string.format('%.0f', seq), ARGV[i + 1]
      if ARGV[i + 2] ~= '' then
        local due = delayed(g, entry, i, now)
        first = math.min(first or due, due)
      else
        pending = pending + 1
        if options == '' then redis.call('XADD', stream, entry, 't', g.type, 'p', ARGV[i])
        else redis.call('XADD', stream, entry, 't', g.type, 'p', ARGV[i], 'o', options) end
      end
    end
    answer[#answer + 1] = g.lane
    stand(g.lane, g.queue, pending)
    taken_in(g.queue, (g.last - g.first + 1) / 3)
    if pending > 0 then wake(g.queue) end
  end
  if first then soon(first) end
  return answer
end
