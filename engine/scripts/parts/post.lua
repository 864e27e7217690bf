-- part post: a job that a worker will send as a webhook. It is owed: no limit of its queue refuses it.
-- KEYS      1 base
-- ARGV      none
-- RETURNS   post(queue, payload, now) -> its id. It stands in that queue, unless the trait `queue` of herdsman.webhook,
--           which workers announce from their config, names another
-- INCLUDES  create
-- INVARIANT new -> pending
local function post(queue, payload, now)
  local traits = redis.call('HGET', KEYS[1] .. ':traits', 'herdsman.webhook')
  local named = traits and cjson.decode(traits).queue
  return (create({
    queue = named or queue, type = 'herdsman.webhook', where = '', payload = payload, options = '', when = '', owed = true,
  }, now))
end
