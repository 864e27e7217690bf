-- part special: types whose traits say that their jobs may stand already: those go one by one through submit.lua.
-- KEYS      1 base
-- ARGV      as enqueue.lua's: groups of queue, type, where, n, then n times three
-- RETURNS   must_submit(from) -> {'submit', type, traits ...} when the groups from there on have such types; else nil
-- INVARIANT reads only; costs one EXISTS where no type has traits, else one HGET a group
local function must_submit(at)
  local traits, answer = KEYS[1] .. ':traits', { 'submit' }
  if redis.call('EXISTS', traits) == 0 then return nil end
  while at <= #ARGV do
    local text = redis.call('HGET', traits, ARGV[at + 1])
    if text and (string.find(text, '"cache":', 1, true) or string.find(text, '"unique":', 1, true)) then
      answer[#answer + 1], answer[#answer + 2] = ARGV[at + 1], text
    end
    at = at + 4 + 3 * tonumber(ARGV[at + 3])
  end
  return answer[2] and answer or nil
end
