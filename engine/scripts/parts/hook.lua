-- part hook: whoever asked to be told of a job's end is told by a job of its own. What there is to say is copied into
-- that job, so that a retry, a replay or another life of the job reported on changes nothing of it.
-- KEYS      1 base
-- ARGV      none
-- RETURNS   hook(id, record key, 'completed', 'dead' or 'cancelled', now): nothing. Field hook of the record: the events
--           wanted (c, d, x), a space, the target (msgpack). The payload is msgpack made by hand: {event, at, target,
--           data}; result and error are in data as they stand in the record, as bytes
-- INCLUDES  pack post
-- INVARIANT one ending that is wanted makes one job
local LARGEST = 65536 -- bytes of a result; of a longer one only the size is told
local str, int = pack.str, pack.int
local function hook(id, record, how, now)
  local wanted = redis.call('HGET', record, 'hook') or ''
  local gap = string.find(wanted, ' ', 1, true)
  local letter = ({ completed = 'c', dead = 'd', cancelled = 'x' })[how]
  if not gap or not string.find(string.sub(wanted, 1, gap), letter, 1, true) then return end
  local f = redis.call('HMGET', record, 'q', 't', 'a', 'c', 'b', 's', 'k', 'e', 'r')
  local attempts = tonumber(f[3] or 0)
  if how == 'completed' and f[6] ~= 'completed' then attempts = attempts + 1 end -- it leaves no record, nor counts
  local data = {
    str('id'), str(id), str('type'), str(f[2]), str('queue'), str(f[1]), str('state'), str(how),
    str('attempts'), int(attempts), str('crashes'), int(tonumber(f[4] or 0)),
  }
  local function say(name, value) data[#data + 1], data[#data + 2] = str(name), value end
  if f[5] then say('started', int(tonumber(f[5]))) end
  if how ~= 'completed' then
    if f[7] then say('cause', str(f[7])) end
    if f[8] then say('error', pack.bin(f[8])) end
  elseif f[9] then
    if #f[9] > LARGEST then say('result_bytes', int(#f[9])) else say('result', pack.bin(f[9])) end
  end
  post(f[1], pack.map({
    str('event'), str('job.' .. how), str('at'), int(now), str('target'), string.sub(wanted, gap + 1),
    str('data'), pack.map(data),
  }), now)
end
