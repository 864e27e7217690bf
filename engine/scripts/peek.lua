#!lua flags=allow-oom
-- peek.lua: where a job is, whatever its state.
-- KEYS      1 base
-- ARGV      ids; before them "<n" when payloads and results are wanted cut to n bytes
-- RETURNS   for each {state or '', lease or '', field, value, ...}; state 'forgotten': it was issued and has ended,
--           and nothing was to be kept of it; '' : never issued
-- INCLUDES  id
-- INVARIANT reads only
local b = KEYS[1]
local held
local function lease_of(id)
  if not held then
    held = {}
    for _, lease in ipairs(redis.call('ZRANGE', b .. ':processing', 0, 9999)) do
      local of = id_of(lease)
      if of then held[of] = lease end
    end
  end
  return held[id]
end
local function issued(lane, entry)
  local last = redis.call('HMGET', b .. ':meta', 'ms', 'seq', 'since')
  local ms, seq = string.match(entry, '(%d+)-(%d+)')
  if not last[1] or not redis.call('HGET', b .. ':names', lane) then return false end
  ms = tonumber(ms)
  if ms < tonumber(last[3] or 0) then return false end
  return ms < tonumber(last[1]) or (ms == tonumber(last[1]) and tonumber(seq) <= tonumber(last[2]))
end
local function lane_said(found, lane)
  if not lane or tonumber(lane) < 1000000 then return found end
  found[#found + 1], found[#found + 2] = 'z', redis.call('HGET', b .. ':said', lane) or ''
  return found
end
local function one(id)
  local lane, entry = lane_of(id)
  if not lane then return { '', '' } end
  local record = redis.call('HGETALL', b .. ':job:' .. id)
  if #record > 0 then
    local found, state, now_in = { '', lease_of(id) or '' }, 'pending', lane
    for i = 1, #record, 2 do
      if record[i] == 's' then state = record[i + 1] end
      if record[i] == 'l' then now_in = record[i + 1] end
      -- what may be long and few ask for is not sent along
      if record[i] ~= 'lg' and record[i] ~= 'cp' then found[#found + 1], found[#found + 2] = record[i], record[i + 1] end
    end
    found[1] = state
    return lane_said(found, now_in)
  end
  local row = redis.call('XRANGE', b .. ':lane:' .. lane, entry, entry)[1]
  if not row then return { issued(lane, entry) and 'forgotten' or '', '' } end
  local lease = lease_of(id)
  local found = { lease and 'processing' or 'pending', lease or '', 'q', redis.call('HGET', b .. ':names', lane) }
  for _, part in ipairs(row[2]) do found[#found + 1] = part end
  return lane_said(found, lane)
end
local answer, most = {}, tonumber(string.match(ARGV[1] or '', '^<(%d+)$'))
for i = most and 2 or 1, #ARGV do
  local found = one(ARGV[i])
  for n = 3, most and #found - 1 or 0, 2 do
    if found[n] == 'p' or found[n] == 'r' then found[n + 1] = string.sub(found[n + 1], 1, most) end
  end
  answer[#answer + 1] = found
end
return answer
