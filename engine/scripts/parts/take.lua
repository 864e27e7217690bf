-- part take: where a claim finds jobs: first what was given back, then what stands behind the lane's cursor.
-- KEYS      1 base
-- ARGV      none
-- RETURNS   from_head, from_lane(lane, queue index, n, body, blocks, taken) -> how many were taken
--           repeated(known leases, body, queues, head) -> the reply an earlier call with the same operation gave
-- INCLUDES  id aside
-- INVARIANT the cursor only moves forward; marks pLANE counts the entries it has passed that are still in the stream
local function from_head(lane, index, n, body, blocks, taken)
  local rows = {}
  for _, id in ipairs(redis.call('LPOP', KEYS[1] .. ':head:' .. lane, n) or {}) do
    local _, entry = lane_of(id)
    local row = entry and body(lane, entry)
    if row then rows[#rows + 1], taken[#taken + 1] = row, id end
  end
  if #rows > 0 then blocks[#blocks + 1] = { index, lane, 1, rows } end
  return #rows
end
local function block(blocks, index, lane, kind)
  local last = blocks[#blocks]
  if not (last and last[1] == index and last[3] == kind) then
    last = { index, lane, kind, {} }
    blocks[#blocks + 1] = last
  end
  return last[4]
end
local function from_lane(lane, index, n, body, blocks, taken)
  local b = KEYS[1]
  local stream, marks = b .. ':lane:' .. lane, b .. ':marks'
  local cursor = redis.call('HGET', marks, 'c' .. lane) or '0-0'
  local rows = redis.call('XRANGE', stream, '(' .. cursor, '+', 'COUNT', n)
  if #rows == 0 then return 0 end
  local before, passed = #taken, 0
  for _, row in ipairs(rows) do
    local entry, f = row[1], row[2]
    if f[1] == 't' and f[3] == 'p' then
      passed = passed + 1
      table.insert(block(blocks, index, lane, 0), row)
      taken[#taken + 1] = lane .. '-' .. entry
    else
      redis.call('XDEL', stream, entry)
      local home, first = lane_of(f[1] == 'ref' and f[2] or '')
      local job = home == lane and body(lane, first)
      if job then
        job[7] = tonumber(string.match(entry, '^%d+'))
        table.insert(block(blocks, index, lane, 1), job)
        taken[#taken + 1] = f[2]
      elseif f[1] ~= 'ref' then aside(lane .. '-' .. entry, 'undecodable', unpack(f)) end
    end
  end
  redis.call('HSET', marks, 'c' .. lane, rows[#rows][1])
  if passed > 0 then redis.call('HINCRBY', marks, 'p' .. lane, passed) end
  return #taken - before
end
local function repeated(known, body, queues, head)
  local blocks = {}
  for lease in string.gmatch(known, '%S+') do
    local id = id_of(lease)
    local lane, entry = lane_of(id)
    local name = redis.call('ZSCORE', KEYS[1] .. ':processing', lease) and redis.call('HGET', KEYS[1] .. ':names', lane)
    for q = 1, queues do
      if name == ARGV[7 + q] then
        local row = body(lane, entry)
        if row then blocks[#blocks + 1] = { q - 1, lane, 1, { row }, lease } end
      end
    end
  end
  return { head[1], head[2], head[3], 0, blocks }
end
