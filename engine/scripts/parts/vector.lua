-- part vector: counts by number, as bytes: for each number that is not 0 how far it is from the one before, and the count;
-- both as varints (seven bits a byte, the lowest first, the last byte below 128). engine/charts/vector.py says it in Python.
-- KEYS      none
-- ARGV      none
-- RETURNS   unpacked(bytes) -> {number = count}; packed({number = count}) -> bytes
--           grown(counts, more) -> counts, with more added; above 200 the larger of the two counts
-- INVARIANT reads only; bytes that end in the middle are read as far as they go
local function unpacked(bytes)
  local found, at, number, size, byte = {}, 1, 0, #bytes, string.byte
  local function varint()
    local value, weight = 0, 1
    while at <= size do
      local c = byte(bytes, at)
      at = at + 1
      if c < 128 then return value + c * weight end
      value, weight = value + (c - 128) * weight, weight * 128
    end
    return value
  end
  while at <= size do
    number = number + varint()
    found[number] = varint()
  end
  return found
end
local function packed(counts)
  local numbers, out, n, last = {}, {}, 0, 0
  for number, count in pairs(counts) do
    if count > 0 then numbers[#numbers + 1] = number end
  end
  table.sort(numbers)
  for _, number in ipairs(numbers) do
    for _, value in ipairs({ number - last, counts[number] }) do
      while value >= 128 do
        local low = value % 128
        n = n + 1
        out[n] = low + 128
        value = (value - low) / 128
      end
      n = n + 1
      out[n] = value
    end
    last = number
  end
  return string.char(unpack(out))
end
local function grown(counts, more)
  for number, count in pairs(more) do
    local had = counts[number] or 0
    counts[number] = number > 200 and math.max(had, count) or had + count
  end
  return counts
end
