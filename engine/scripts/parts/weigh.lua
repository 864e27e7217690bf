-- part weigh: what is to become of a job that somebody submits: it is to be made, or another one answers for it, or it is
-- refused. Several of one call are weighed before the first of them is made: each knows of those before it.
-- KEYS      1 base
-- ARGV      none
-- RETURNS   weigh(job, guard, n) -> its plan; or nil and the refusal: {'conflict' or 'differs', id, n, 0}, or with '' and
--           the number of the job of this call that stands in its way. n: its number in the call; job: see part create;
--           guard: what was said of all this (engine/entrance/guards.py). A plan has id or twin (its number) of the one
--           that answers, or else the locks that it is to hold; see part carry
-- INCLUDES  locks once shared single
-- INVARIANT reads only; to be asked once for each job of a call, in their order
local holding, keyed = {}, {}
local function cached(plan, job, guard)
  local lock = cache_lock(job, guard)
  if not lock then return false end
  plan.twin = not guard.fresh and holding[lock.key] or nil
  plan.id = not plan.twin and shared(lock, guard) or nil
  plan.locks[1] = lock
  return plan.twin or plan.id
end
local function excluded(plan, unique, n)
  local own, how = own_lock(unique), nil
  plan.twin = holding[own.key]
  if plan.twin then how = unique.conflict == 'raise' and 'conflict' or 'stands'
  else how, plan.id = verdict(unique, own) end
  if how == 'conflict' then return { 'conflict', plan.id or '', n, plan.twin or 0 } end
  plan.unique, plan.how = unique, how
  plan.locks[#plan.locks + 1] = own
  if how == 'behind' then own.before, plan.id = plan.id .. ' ', nil end
end
local function weigh(job, guard, n)
  local plan, twin, refusal = { locks = {} }, guard.once and keyed[guard.once], nil
  if twin and twin.digest ~= guard.digest then return nil, { 'differs', '', n, twin.n } end
  plan.twin = twin and twin.n
  if guard.once and not twin then
    local id, differs = used(guard)
    if differs then return nil, { 'differs', differs[2], n, 0 } end
    if id then plan.id = id else plan.once = guard end
  end
  if plan.id or plan.twin then return plan end
  if not cached(plan, job, guard) and guard.unique then
    refusal = excluded(plan, guard.unique, n)
    if refusal then return nil, refusal end
  end
  if plan.once then keyed[guard.once] = { n = n, digest = guard.digest } end
  if plan.id or plan.twin then return plan end
  for _, lock in ipairs(plan.locks) do holding[lock.key] = n end
  return plan
end
