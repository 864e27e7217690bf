-- part begun: a job was claimed: locks that count only while it waits are freed.
-- KEYS      1 base
-- ARGV      none
-- RETURNS   begun(id, record key): nothing
-- INCLUDES  locks
-- INVARIANT only the holder frees; call it for records whose field x has the letter u
local function begun(id, record)
  each_lock(record, function(letter, key)
    if (letter == 'p' or letter == 'd') and holders(key) == id then redis.call('DEL', key) end
  end)
end
