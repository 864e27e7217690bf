#!lua
-- say.lua: what a running job says of itself: how far it has come, lines of its log, what it wants to find again when it
-- is run once more. No allow-oom: a full server has no room for words, and the job goes on without them.
-- KEYS      1 base
-- ARGV      1 lease  2 number of this word among those of this run  3 '' or ms since the progress was said  4 fraction
--           5 text  6 '1' when a checkpoint follows, else '0'  7 checkpoint (opaque bytes)  8 lines that were dropped on
--           the way, then ms since it was said, line ... oldest first
-- RETURNS   1, or 0 when the lease was not held any more: nothing was changed
-- INCLUDES  clock id lift
-- INVARIANT no job moves; the same word again, or an older one, changes nothing; the log has 16,384 bytes at most
local b, now = KEYS[1], clock()
if not redis.call('ZSCORE', b .. ':processing', ARGV[1]) then return 0 end
local id, owner = id_of(ARGV[1])
local queue, record, before = lift(id)
if not queue then return 0 end
if not before then redis.call('HSET', record, 's', 'processing', 'w', owner) end
local token, said = string.match(ARGV[1], '/(%d+)/'), redis.call('HMGET', record, 'sn', 'lg')
local of, number = string.match(said[1] or '', '^(%d+) (%d+)$')
if of == token and tonumber(ARGV[2]) <= tonumber(number) then return 1 end
local fields = { 'sn', token .. ' ' .. ARGV[2] }
local function set(name, value) fields[#fields + 1], fields[#fields + 2] = name, value end
local function at(ago) return string.format('%.0f ', now - tonumber(ago)) end
if ARGV[3] ~= '' then set('pg', at(ARGV[3]) .. ARGV[4] .. ' ' .. ARGV[5]) end
if ARGV[6] == '1' then set('cp', ARGV[7]) end
if #ARGV > 8 or ARGV[8] ~= '0' then
  local dropped, log = string.match(said[2] or '', '^(%d+)\n()')
  local lines = { log and string.sub(said[2], log) or '' }
  dropped = tonumber(dropped or 0) + tonumber(ARGV[8])
  for i = 9, #ARGV, 2 do lines[#lines + 1] = at(ARGV[i]) .. ARGV[i + 1] .. '\n' end
  local text = table.concat(lines)
  local over = #text - 16384
  if over > 0 then
    local cut = string.find(text, '\n', over, true) or #text
    local _, count = string.gsub(string.sub(text, 1, cut), '\n', '')
    dropped, text = dropped + count, string.sub(text, cut + 1)
  end
  set('lg', string.format('%.0f\n', dropped) .. text)
end
redis.call('HSET', record, unpack(fields))
return 1
