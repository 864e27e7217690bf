-- part special: types whose traits say that their jobs may stand already: those go one by one through submit.lua.
-- KEYS      1 base
-- ARGV      as enqueue.lua's: groups of queue, type, where, n, then n times three
-- RETURNS   special(type) -> the type's traits when they say so; else nil
--           must_submit(from) -> {'submit', type, traits ...} when the groups from there on have such types; else nil
-- INVARIANT reads only; costs one EXISTS where no type has traits, else one HGET a group
local function special(type)
  local text = redis.call('HGET', KEYS[1] .. ':traits', type)
  if text and (string.find(text, '"cache":', 1, true) or string.find(text, '"unique":', 1, true)) then return text end
end
local function must_submit(at)
  local answer = { 'submit' }
  if redis.call('EXISTS', KEYS[1] .. ':traits') == 0 then return nil end
  while at <= #ARGV do
    local text = special(ARGV[at + 1])
    if text then answer[#answer + 1], answer[#answer + 2] = ARGV[at + 1], text end
    at = at + 4 + 3 * tonumber(ARGV[at + 3])
  end
  return answer[2] and answer or nil
end
