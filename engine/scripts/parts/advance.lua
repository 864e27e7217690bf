-- part advance: a member of a flow has ended; those that waited for it join their lanes, go on waiting for others, or
-- will never run. What is needed still is a set of ids: an end that is told twice takes the same id out, and only the
-- call that takes the last one out lets the child go. An edge: 'flow parent how policy child'.
-- KEYS      1 base
-- ARGV      none
-- RETURNS   advance(id, record, how, now) -> the members that were cancelled with it, or nil when it is of no flow (any
--           more). how: as for ending; 'gone' = it was dead, and is forgotten
--           follow(edges, now) -> the members that were cancelled; edges over the script's budget go to flows:todo
-- INCLUDES  member join tell
-- INVARIANT scheduled (held) -> pending, scheduled or finished (cancelled)
local budget, cascaded = 250, {} -- edges in one script: a few ms of the store's time
local function fate(flow, parent, how, policy, child, record)
  local failed, needs = how == 'dead' or how == 'cancelled' or how == 'gone', KEYS[1] .. ':needs:' .. child
  if policy == 'wait' and how == 'dead' then return nil end
  if redis.call('SREM', needs, parent) == 0 then return nil end
  if policy == 'fail' or policy == 'wait' then
    if failed then return 'cancelled' end
    if how == 'skipped' then return 'skipped' end
  end
  if policy == 'on_failure' and failed then redis.call('HSET', record, 'fo', '1') end
  if redis.call('EXISTS', needs) == 1 then return nil end
  if redis.call('HEXISTS', KEYS[1] .. ':flow:' .. flow, 'stop') == 1 then return 'cancelled' end
  return redis.call('HGET', record, 'fo') == '0' and 'skipped' or 'free'
end
local function behind(edges, flow, id, how, children)
  for policy, child in string.gmatch(children or '', '(%S+) (%S+)') do
    edges[#edges + 1] = table.concat({ flow, id, how, policy, child }, ' ')
  end
end
local function follow(edges, now)
  local b, ready, ended, flows, at = KEYS[1], {}, {}, {}, 1
  while at <= #edges and budget > 0 do
    local flow, parent, how, policy, child = string.match(edges[at], '^(%S+) (%S+) (%S+) (%S+) (%S+)$')
    local record = b .. ':job:' .. child
    local what = fate(flow, parent, how, policy, child, record)
    if what == 'free' then
      if set_free(child, record, now) then ready[#ready + 1] = child end
    elseif what then
      barred(flow, child, record, what, table.concat({ what, parent, how }, ' '), now)
      ended[#ended + 1], cascaded[child], flows[flow] = child, true, true
      behind(edges, flow, child, what, redis.call('HGET', record, 'fc'))
    end
    at, budget = at + 1, budget - 1
  end
  for i = at, #edges, 500 do
    redis.call('RPUSH', b .. ':flows:todo', unpack(edges, i, math.min(i + 499, #edges)))
  end
  join(ready, now, 'freed')
  for flow in pairs(flows) do over(flow, now) end
  tell(ended)
  return ended
end
local function leftovers(edges)
  local todo = KEYS[1] .. ':flows:todo'
  local n = budget - #edges
  if n <= 0 or redis.call('EXISTS', todo) == 0 then return end
  for _, edge in ipairs(redis.call('LPOP', todo, n)) do edges[#edges + 1] = edge end
end
local function advance(id, record, how, now)
  if cascaded[id] then return {} end
  local known = redis.call('HMGET', record, 'fi', 'fc')
  local flow, edges = known[1], {}
  if not flow or not flow_state(flow) then return nil end
  if how == 'cancelled' then redis.call('UNLINK', KEYS[1] .. ':needs:' .. id) end
  if how ~= 'gone' then noted(flow, id, record, how) end
  behind(edges, flow, id, how, known[2])
  leftovers(edges)
  local ended = follow(edges, now)
  over(flow, now)
  return ended
end
