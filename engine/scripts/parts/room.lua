-- part room: whether there is room for all that a call adds, looked at before the first of it is written.
-- KEYS      1 base
-- ARGV      none
-- RETURNS   ask(queue, lane, jobs, bytes): so many more are wanted there
--           no_room() -> {'full', queue, pending} when one of the queues that were asked does not take all; else nil
-- INCLUDES  issue
-- INVARIANT reads only; what the call adds to a queue counts as one sum
local places, wanted = {}, {}
local function ask(queue, lane, jobs, bytes)
  local place = queue .. '/' .. lane
  if not wanted[place] then places[#places + 1] = { queue, lane } end
  for _, name in ipairs({ queue, place }) do
    local sum = wanted[name] or { 0, 0 }
    wanted[name] = { sum[1] + jobs, sum[2] + bytes }
  end
end
local function no_room()
  for _, place in ipairs(places) do
    local queue, lane = place[1], place[2]
    local pending = crowded(queue, lane, wanted[queue], wanted[queue .. '/' .. lane])
    if pending then return { 'full', queue, pending } end
  end
end
