-- part traits: what the store must know of a type, as its workers announced it; read once in a script.
-- KEYS      1 base
-- ARGV      none
-- RETURNS   traits_of(type) -> JSON, or false; caching(type) -> the same decoded, where the type has a result cache; else
--           false
-- INVARIANT reads only
local announced, decoded = {}, {}
local function traits_of(type)
  if announced[type] == nil then announced[type] = redis.call('HGET', KEYS[1] .. ':traits', type) end
  return announced[type]
end
local function caching(type)
  if decoded[type] == nil then
    local text = traits_of(type)
    local trait = text and string.find(text, '"cache"', 1, true) and cjson.decode(text)
    decoded[type] = trait and trait.cache and trait or false
  end
  return decoded[type]
end
