-- part divert: a job whose type has to stand apart was found in a lane of any type: it goes to its own.
-- KEYS      1 base
-- ARGV      none
-- RETURNS   divert(id, lane, types that stand apart) -> whether it went
-- INCLUDES  clock id lift lanes join
-- INVARIANT pending -> pending
local function divert(id, lane, sieve)
  local b, priority, tenant, of, key, cost = KEYS[1], '', '', '', '', ''
  if is_apart(lane) then priority, tenant, of, key, cost = said(lane) end
  if of ~= '' then return false end
  local type = redis.call('HGET', b .. ':job:' .. id, 't')
  if not type then
    local home, entry = lane_of(id)
    local row = redis.call('XRANGE', b .. ':lane:' .. home, entry, entry)[1]
    type = row and row[2][2]
  end
  if not type or not sieve[type] then return false end
  local queue, record = lift(id)
  local where = table.concat({ priority, tenant, key, cost }, '\t')
  redis.call('HSET', record, 'l', apart_lane(queue, where, type))
  join({ id }, clock())
  return true
end
