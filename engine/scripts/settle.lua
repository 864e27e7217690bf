#!lua flags=allow-oom
-- settle.lua: a worker is dead and its parent knows why. Its incarnation is marked dead first, so that a call of its
-- that still stands in a socket claims nothing; then all it held goes back: what it had started is charged with one
-- crash if its death was one, what it had only claimed goes back unharmed.
-- KEYS      1 base
-- ARGV      1 incarnation  2 cause  3 charged (0 or 1)  4 crash limit, then the leases it had started; then, where
--           there is one, '' and the stack it was killed in
-- RETURNS   {given back, charged, buried, of each it had started {queue, type, what became of it}}
-- INCLUDES  clock id lift give crash wake let_go
-- INVARIANT afterwards the incarnation holds nothing; its neighbours are not touched; done twice it changes nothing
local b, now, owner = KEYS[1], clock(), ARGV[1]
redis.call('ZADD', b .. ':gone', now, owner)
local started, queues, tally, ends, stack = {}, {}, { 0, 0, 0 }, {}, nil
for i = 5, #ARGV do
  if ARGV[i] == '' then
    stack = ARGV[i + 1]
    break
  end
  started[ARGV[i]] = true
end
-- All of processing is looked through: it is as long as what runs now, and no list of what a dead process held can be
-- trusted to be whole.
local held = {}
for _, lease in ipairs(redis.call('ZRANGE', b .. ':processing', 0, -1)) do
  local _, whose = id_of(lease)
  if whose == owner then held[#held + 1] = lease end
end
local function by_age(x, y)
  return tonumber(string.match(x, '/(%d+)/')) < tonumber(string.match(y, '/(%d+)/'))
end
table.sort(held, by_age)
local released = 'released ' .. owner .. ' ' .. ARGV[2]
for i = #held, 1, -1 do
  local lease = held[i]
  local id = id_of(lease)
  redis.call('ZREM', b .. ':processing', lease)
  let_go({ lease })
  local queue, buried
  if started[lease] and ARGV[3] == '1' then
    queue, buried = crash(id, owner, ARGV[2], tonumber(ARGV[4]), now, stack)
    if queue then tally[2], tally[3] = tally[2] + 1, tally[3] + buried end
  elseif started[lease] then
    -- we ended it ourselves, in the middle: nobody is charged, and the record says how often
    local _, record = lift(id)
    if record then redis.call('HINCRBY', record, 'n', 1) end
    queue = give(id, released, now)
  else queue = give(id, released, now) end
  if queue and started[lease] then
    local known = redis.call('HMGET', b .. ':job:' .. id, 't', 's')
    local outcome = known[2] == 'pending' and (buried and 'crashed' or 'released') or known[2]
    ends[#ends + 1] = { queue, known[1] or '', outcome or 'released' }
  end
  if queue then
    if buried ~= 1 then tally[1] = tally[1] + 1 end
    queues[queue] = true
  end
end
for queue in pairs(queues) do wake(queue) end
for _, key in ipairs({ ':workers', ':running' }) do redis.call('HDEL', b .. key, owner) end
redis.call('ZREM', b .. ':beats', owner)
redis.call('UNLINK', b .. ':ops:' .. owner, b .. ':knows:' .. owner)
tally[4] = ends
return tally
