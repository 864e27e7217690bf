-- part pack: msgpack by hand, for what a script itself has to tell (fakeredis has no cmsgpack).
-- KEYS      none
-- ARGV      none
-- RETURNS   pack.str(text), pack.bin(bytes), pack.int(whole number from 0), pack.map({key, value ...}, all packed)
-- INVARIANT reads nothing and writes nothing
local pack = {}
local function big_endian(n, width)
  local out = {}
  for i = width, 1, -1 do
    out[i] = string.char(n % 256)
    n = math.floor(n / 256)
  end
  return table.concat(out)
end
function pack.str(text)
  text = string.sub(text, 1, 65535)
  return '\218' .. big_endian(#text, 2) .. text
end
function pack.bin(bytes) return '\198' .. big_endian(#bytes, 4) .. bytes end
function pack.int(n) return '\207' .. big_endian(n, 8) end
function pack.map(parts) return '\222' .. big_endian(#parts / 2, 2) .. table.concat(parts) end
