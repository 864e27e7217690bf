// A state is a shape, a word and a colour: none of them alone.

/** state → [class of its colour, icon, word] */
const LOOKS = {
  pending: ["pending", "ring", "pending"],
  scheduled: ["scheduled", "clock", "scheduled"],
  processing: ["running", "half", "running"],
  running: ["running", "half", "running"],
  completed: ["done", "tick", "completed"],
  dead: ["dead", "cross", "dead"],
  failed: ["dead", "cross", "failed"],
  retrying: ["retry", "again", "retrying"],
  cancelled: ["off", "slash", "cancelled"],
  paused: ["paused", "bars", "paused"],
  waiting: ["waiting", "dots", "waiting"],
  skipped: ["off", "slash", "skipped"],
  open: ["waiting", "dots", "open"],
  // workers
  idle: ["done", "ring", "idle"],
  busy: ["running", "half", "busy"],
  booting: ["scheduled", "clock", "booting"],
  quiet: ["paused", "bars", "quiet"],
  draining: ["retry", "again", "draining"],
  gone: ["off", "slash", "gone"],
  // queues and pools
  ok: ["done", "tick", "ok"],
  slow: ["retry", "clock", "slow"],
  late: ["dead", "clock", "late"],
  stuck: ["dead", "cross", "stuck"],
  stopped: ["off", "slash", "stopped"],
  rolling: ["retry", "again", "rolling"],
  short: ["retry", "half", "short"],
};

/** {tone, icon, word} of a state; an unknown one is shown as it is called. */
export function look(state) {
  const [tone, icon, word] = LOOKS[state] ?? ["off", "ring", state || "unknown"];
  return { tone, icon, word };
}

/** The states by which jobs can be listed. */
export const JOB_STATES = ["pending", "scheduled", "processing", "completed", "dead", "cancelled"];

/** What a job's row says: a scheduled one that has run before is retrying. */
export const jobState = (row) => (row.state === "scheduled" && row.attempts > 0 ? "retrying" : row.state ?? row.status);

/** How a queue fares: [state, weight]; the heavier stands higher. Pure. */
export function queueTrouble(queue) {
  const target = queue.target > 0 ? queue.target : 60;
  const oldest = queue.oldest ?? 0;
  const failed = queue.out_per_s + queue.failed_per_s > 0 ? queue.failed_per_s / (queue.out_per_s + queue.failed_per_s) : 0;
  if (queue.paused) return ["paused", 500 + Math.min(oldest / target, 100)];
  if (oldest > 10 * target) return queue.out_per_s > 0 ? ["late", 2000 + oldest / target] : ["stuck", 3000 + oldest / target];
  if (oldest > target) return ["slow", 1000 + oldest / target];
  if (failed > 0.05) return ["failing", 800 + failed];
  return ["ok", Math.min(oldest / target, 1) + failed];
}

LOOKS.failing = ["dead", "cross", "failing"];
