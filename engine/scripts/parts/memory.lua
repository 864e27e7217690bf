-- part memory: the last two operations of a worker or caller, with their answers; two fields that take turns, so that
-- remembering is one write.
-- KEYS      1 base
-- ARGV      none
-- RETURNS   recall(who, operation) -> the answer it was given (a table when it was refused, see part note), or nil; and
--           whether a later one was answered already
--           remember(who, operation, answer) -> 1 when the memory grew by it
--           operations(who) -> {{operation, answer} ...}, oldest first
-- INVARIANT an operation that is older than one remembered is never run
local function operations(who)
  local known = {}
  for _, text in ipairs(redis.call('HVALS', KEYS[1] .. ':ops:' .. who)) do
    local number, answer = string.match(text, '^(%d+) ?(.*)$')
    known[#known + 1] = { tonumber(number), answer }
  end
  table.sort(known, function(x, y) return x[1] < y[1] end)
  return known
end
local function recall(who, operation)
  local late = false
  for _, known in ipairs(operations(who)) do
    if known[1] == operation then
      return string.sub(known[2], 1, 1) == '[' and cjson.decode(known[2]) or known[2], false
    end
    late = late or known[1] > operation
  end
  return nil, late
end
local function remember(who, operation, answer)
  return redis.call('HSET', KEYS[1] .. ':ops:' .. who, tostring(operation % 2),
    string.format('%.0f ', operation) .. answer)
end
