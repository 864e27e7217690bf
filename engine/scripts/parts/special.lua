-- part special: types whose traits say that their jobs may stand already: those do not go through enqueue.lua.
-- KEYS      1 base
-- ARGV      groups (see part groups)
-- RETURNS   special(type) -> the type's traits when they say so; else nil
--           must_submit(from, to) -> {'submit', type, traits ...} when groups that stand in ARGV there have such types;
--           else nil
-- INCLUDES  traits
-- INVARIANT reads only; costs one EXISTS where no type has traits, else one HGET a type
local function special(type)
  local text = traits_of(type)
  if text and (string.find(text, '"cache":', 1, true) or string.find(text, '"unique":', 1, true)) then return text end
end
local function must_submit(at, to)
  local answer = { 'submit' }
  if redis.call('EXISTS', KEYS[1] .. ':traits') == 0 then return nil end
  while at <= to do
    local text = special(ARGV[at + 1])
    if text then answer[#answer + 1], answer[#answer + 2] = ARGV[at + 1], text end
    at = at + 4 + 3 * tonumber(ARGV[at + 3])
  end
  return answer[2] and answer or nil
end
