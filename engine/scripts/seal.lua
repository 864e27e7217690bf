#!lua flags=allow-oom
-- seal.lua: the secret that all gateways of a namespace sign with; the first who asks brings it.
-- KEYS      1 base
-- ARGV      1 random bytes, to be the secret when there is none
-- RETURNS   the secret
-- INVARIANT no job moves; a secret that stands is not changed
redis.call('SET', KEYS[1] .. ':seal', ARGV[1], 'NX')
return redis.call('GET', KEYS[1] .. ':seal')
