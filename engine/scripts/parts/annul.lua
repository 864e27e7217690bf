-- part annul: a job that has not started will not start. Its record stays for a while, to be looked at.
-- KEYS      1 base
-- ARGV      none
-- RETURNS   annul(id, how long the record is kept in ms, now, 'who why') -> 'cancelled', or why not: 'processing', 'finished',
--           'unknown'
-- INCLUDES  id lift cancelled lanes later rest rings
-- INVARIANT pending or scheduled -> finished (cancelled)
local function after(x, y)
  local xm, xs = string.match(x, '(%d+)-(%d+)')
  local ym, ys = string.match(y, '(%d+)-(%d+)')
  return tonumber(xm) > tonumber(ym) or (tonumber(xm) == tonumber(ym) and tonumber(xs) > tonumber(ys))
end
local function annul(id, keep, now, why)
  local b = KEYS[1]
  local lane, entry = lane_of(id)
  if not lane then return 'unknown' end
  local record = b .. ':job:' .. id
  local known = redis.call('HMGET', record, 's', 'at', 'l')
  local now_in, marks = known[3] or lane, b .. ':marks'
  local stream = b .. ':lane:' .. now_in
  local state = known[1]
  if state == 'processing' then return state end
  if state == 'completed' or state == 'dead' or state == 'cancelled' then return 'finished' end
  if state == 'scheduled' then
    no_longer(id)
  elseif redis.call('LREM', b .. ':head:' .. now_in, 1, id) == 0 then
    if state == 'pending' then redis.call('XDEL', stream, known[2])
    else
      if not redis.call('XRANGE', stream, entry, entry)[1] then return 'unknown' end
      if not after(entry, redis.call('HGET', marks, 'c' .. lane) or '0-0') then return 'processing' end
      -- lift counts the entry as one the cursor has passed; this one it has not
      redis.call('HINCRBY', marks, 'p' .. lane, 1)
    end
  end
  if state ~= 'scheduled' and is_apart(now_in) then
    local queue = redis.call('HGET', b .. ':names', now_in)
    stand(now_in, queue, -1)
    if rest(now_in) <= 0 then
      leave(now_in, queue)
      redis.call('HDEL', b .. ':state:' .. queue, now_in)
    end
  end
  lift(id)
  cancelled(id, record, keep, now, why)
  return 'cancelled'
end
