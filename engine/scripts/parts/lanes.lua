-- part lanes: a queue has a main lane, and lanes apart for jobs that must not hold up others: of one tenant, of one
-- priority, of one type that is limited, paused or known to nobody. Their numbers begin at 1,000,000, so that a number
-- tells which it is. A lane apart that has jobs stands in one of its queue's three rings (docs/lanes.md).
-- KEYS      1 base
-- ARGV      none
-- RETURNS   lane_for(queue, type, where) -> the lane for such jobs, made when it is new. where: '' or
--           'priority\ttenant\tkey\tcost', priority '' (normal), 'high' or 'low'
--           apart_lane(queue, where, type) -> the same, for jobs of a type that stand apart ('' = of any type)
--           is_apart(lane); said(lane) -> priority, tenant, type, key, cost of a lane apart
-- INVARIANT a lane once made keeps its number and what it is for
local function is_apart(lane) return tonumber(lane) >= 1000000 end
local function said(lane)
  local text = redis.call('HGET', KEYS[1] .. ':said', lane) or '\t\t\t\t'
  return string.match(text, '^([^\t]*)\t([^\t]*)\t([^\t]*)\t([^\t]*)\t([^\t]*)$')
end
local function main_lane(queue)
  local b = KEYS[1]
  local lane = redis.call('HGET', b .. ':lanes', queue)
  if lane then return lane end
  lane = tostring(redis.call('HINCRBY', b .. ':meta', 'lanes', 1))
  redis.call('HSET', b .. ':lanes', queue, lane)
  redis.call('HSET', b .. ':names', lane, queue)
  return lane
end
local function apart_lane(queue, where, type)
  local b = KEYS[1]
  local priority, tenant, key, cost = string.match(where, '^([^\t]*)\t([^\t]*)\t([^\t]*)\t([^\t]*)$')
  if type == '' then -- they matter to limits only: those of the type, and the cost to those of the tenant
    key = ''
    if (tenant or '') == '' or redis.call('HEXISTS', b .. ':tenantry', queue) == 0 then cost = '' end
  end
  local text = table.concat({ priority or '', tenant or '', type, key or '', cost or '' }, '\t')
  if text == '\t\t\t\t' then return main_lane(queue) end
  local lane = redis.call('HGET', b .. ':apart:lanes', queue .. '\t' .. text)
  if lane then return lane end
  main_lane(queue) -- claims know a queue by it
  lane = string.format('%.0f', 1000000 + redis.call('HINCRBY', b .. ':meta', 'apart', 1))
  redis.call('HSET', b .. ':apart:lanes', queue .. '\t' .. text, lane)
  redis.call('HSET', b .. ':said', lane, text)
  redis.call('HSET', b .. ':names', lane, queue)
  return lane
end
local function lane_for(queue, type, where)
  local apart = redis.call('SISMEMBER', KEYS[1] .. ':apart', type) == 1
  if where == '' and not apart then return main_lane(queue) end
  return apart_lane(queue, where, apart and type or '')
end
