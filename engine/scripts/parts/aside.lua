-- part aside: a record that cannot be read is set aside alone, with its bytes, and stops nothing.
-- KEYS      1 base
-- ARGV      none
-- RETURNS   aside(name, why, bytes...): nothing
-- INVARIANT the newest 1,000 are kept
local function aside(name, why, ...)
  local bytes = { ... }
  local text = {}
  for i, part in ipairs(bytes) do text[i] = tostring(part) end
  redis.call('XADD', KEYS[1] .. ':aside', 'MAXLEN', '~', 1000, '*',
    'name', name, 'why', why, 'bytes', table.concat(text, '\0'))
end
