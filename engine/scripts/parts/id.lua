-- part id: what an id and a lease say. id = lane-ms-seq; lease = id/token/incarnation.
-- KEYS      none
-- ARGV      none
-- RETURNS   lane_of(id) -> lane, entry, or nil when it is no id of ours; id_of(lease) -> id, owner, or nil;
--           parts_of(lease) -> lane, entry, owner, or nil
-- INVARIANT reads only
local function lane_of(id)
  return string.match(id, '^(%d+)%-(%d+%-%d+)$')
end
local function id_of(lease)
  return string.match(lease, '^(%d+%-%d+%-%d+)/%d+/(%x+)$')
end
local function parts_of(lease)
  return string.match(lease, '^(%d+)%-(%d+%-%d+)/%d+/(%x+)$')
end
