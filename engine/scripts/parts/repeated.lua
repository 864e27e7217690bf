-- part repeated: a claim whose reply was lost is asked again: the same jobs, less those that were taken away since.
-- KEYS      1 base
-- ARGV      of claim
-- RETURNS   repeated(known leases, body, where the queues begin in ARGV, how many, head) -> the reply; each block with
--           its one job's lease
-- INCLUDES  id
-- INVARIANT grants nothing
local function repeated(known, body, at, queues, head)
  local blocks = {}
  for lease in string.gmatch(known, '%S+') do
    local id = id_of(lease)
    local lane, entry = lane_of(id)
    local name = redis.call('ZSCORE', KEYS[1] .. ':processing', lease) and redis.call('HGET', KEYS[1] .. ':names', lane)
    for q = 1, queues do
      if name == ARGV[at + q] then
        local row = body(lane, entry)
        if row then blocks[#blocks + 1] = { q - 1, lane, 1, { row }, lease } end
      end
    end
  end
  return { head[1], head[2], head[3], 0, blocks }
end
