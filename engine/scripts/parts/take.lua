-- part take: where a claim finds jobs: first what was given back, then what stands behind the lane's cursor.
-- KEYS      1 base
-- ARGV      none
-- RETURNS   from_lane(lane, n, to) -> how many were taken. to: {index of its queue, body, blocks, taken, sieve (set of
--           types whose jobs do not run from lanes of any type) or nil}
-- INCLUDES  id aside divert
-- INVARIANT the cursor only moves forward; marks pLANE counts the entries it has passed that are still in the stream
local function block(to, home, kind)
  local last = to.blocks[#to.blocks]
  if not (last and last[1] == to.index and last[2] == home and last[3] == kind) then
    last = { to.index, home, kind, {} }
    to.blocks[#to.blocks + 1] = last
  end
  return last[4]
end
local function referred(id, lane, entry, to)
  local home, first = lane_of(id or '')
  if not home then return false end
  if to.sieve and divert(id, lane, to.sieve) then return true end
  local job = to.body(home, first)
  if not job then return true end
  if entry then job[7] = tonumber(string.match(entry, '^%d+')) end
  table.insert(block(to, home, 1), job)
  to.taken[#to.taken + 1] = id
  return true
end
local function from_head(lane, n, to)
  for _, id in ipairs(redis.call('LPOP', KEYS[1] .. ':head:' .. lane, n) or {}) do referred(id, lane, nil, to) end
end
local function from_lane(lane, n, to)
  local b, before = KEYS[1], #to.taken
  from_head(lane, n, to)
  n = n - (#to.taken - before)
  if n <= 0 then return #to.taken - before end
  local stream, marks = b .. ':lane:' .. lane, b .. ':marks'
  local cursor = redis.call('HGET', marks, 'c' .. lane) or '0-0'
  local rows, passed = redis.call('XRANGE', stream, '(' .. cursor, '+', 'COUNT', n), 0
  if #rows == 0 then return #to.taken - before end
  redis.call('HSET', marks, 'c' .. lane, rows[#rows][1])
  local taken, sieve, prefix, plain = to.taken, to.sieve, lane .. '-', nil
  for _, row in ipairs(rows) do
    local entry, f = row[1], row[2]
    if f[1] == 't' and f[3] == 'p' then
      passed = passed + 1
      if not (sieve and sieve[f[2]] and divert(prefix .. entry, lane, sieve)) then
        plain = plain or block(to, lane, 0)
        plain[#plain + 1] = row
        taken[#taken + 1] = prefix .. entry
      end
    else
      plain = nil
      redis.call('XDEL', stream, entry)
      if not (f[1] == 'ref' and referred(f[2], lane, entry, to)) then
        aside(lane .. '-' .. entry, 'undecodable', unpack(f))
      end
    end
  end
  if passed > 0 then redis.call('HINCRBY', marks, 'p' .. lane, passed) end
  return #to.taken - before
end
