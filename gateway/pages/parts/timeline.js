// What became of a job: each moment a line, and above them a strip on which the times stand to scale.

import { element } from "../element.js";
import { link } from "../router.js";
import { clock, epoch, short, span, stamp } from "../words.js";
import { icon } from "./icons.js";

/** what → [tone, icon, the phase that begins with it] */
const MOMENTS = {
  enqueued: ["pending", "plus", "wait"],
  claimed: ["running", "half", "run"],
  completed: ["done", "tick", null],
  released: ["pending", "again", "wait"],
  requeued: ["pending", "again", "wait"],
  promoted: ["pending", "right", "wait"],
  rescued: ["retry", "again", "wait"],
  crashed: ["dead", "cross", "wait"],
  retried: ["retry", "again", "wait"],
  postponed: ["scheduled", "clock", "wait"],
  asked: ["off", "slash", null],
  cancelled: ["off", "slash", null],
  buried: ["dead", "cross", null],
  omitted: ["off", "dots", null],
};

const lookOf = (what) => MOMENTS[what] ?? ["off", "ring", null];

/** The history in order of time, with what the record adds where the history has no time of its own. Pure. */
export function moments(job) {
  const events = (job.history ?? []).map((one) => ({ ...one, at: epoch(one.at), due: epoch(one.due) }));
  const enqueued = epoch(job.enqueued_at);
  if (!events.length && enqueued !== null) events.push({ what: "enqueued", at: enqueued });
  const [began, ended] = [epoch(job.started_at), epoch(job.finished_at)];
  const first = events.find((one) => one.what === "claimed" && one.at === null);
  if (first && began !== null) first.at = began;
  if (began !== null && !events.some((one) => one.what === "claimed")) events.splice(1, 0, { what: "claimed", at: began, who: job.worker });
  const end = { completed: "completed", dead: "buried", cancelled: "cancelled" }[job.status];
  if (ended !== null && end && !events.some((one) => one.what === end)) events.push({ what: end, at: ended });
  return withClaims(events);
}

const ENDS = ["crashed", "retried", "released", "completed", "buried", "rescued"];

/** A run whose beginning nobody wrote down is told all the same, without a time. */
function withClaims(events) {
  let claimed = false;
  return events.flatMap((one) => {
    const missing = ENDS.includes(one.what) && !claimed && one.who;
    claimed = one.what === "claimed";
    return missing ? [{ what: "claimed", at: null, who: one.who }, one] : [one];
  });
}

/** The strip: [{kind: "wait" | "run", seconds, tone}] between the moments that have a time. Pure. */
export function phases(events, until) {
  const untimed = new Set(events.filter((one, at) => one.at !== null && events[at + 1]?.at === null));
  const timed = events.filter((one) => one.at !== null);
  return timed
    .map((one, at) => {
      const end = timed[at + 1]?.at ?? until;
      const kind = untimed.has(one) ? "run" : lookOf(one.what)[2];
      const next = timed[at + 1]?.what;
      return kind && end !== null && { kind, seconds: Math.max(0, end - one.at), tone: kind === "run" ? lookOf(next ?? "claimed")[0] : "pending" };
    })
    .filter(Boolean);
}

/** The drawing of both. `now` is null for a job that is over. */
export function timeline(job, now) {
  const events = moments(job);
  if (!events.length) return element("p.note", null, "Nothing is known of its way.");
  return element("div", null, strip(phases(events, now)), element("ol.moments", null, events.map((one, at) => line(one, events[at - 1]))));
}

/** To scale, but no phase so short that it cannot be seen, none so long that it hides the others. */
function strip(found) {
  const total = found.reduce((sum, one) => sum + one.seconds, 0);
  if (!total) return null;
  const shares = found.map(({ seconds }) => Math.max(0.04, Math.min(0.6, seconds / total)));
  const whole = shares.reduce((sum, one) => sum + one, 0);
  return element(
    "div.scale",
    { "aria-hidden": "true" },
    found.map(({ kind, seconds, tone }, at) => {
      const share = shares[at] / whole;
      const said = `${kind === "run" ? "ran" : "waited"} ${span(seconds)}`;
      return element("i", { "data-kind": kind, "data-tone": tone, title: said, style: { "--share": share } }, share > 0.12 ? said : "");
    }),
  );
}

function line(one, before) {
  const [tone, drawn] = lookOf(one.what);
  const gap = before?.at !== null && before?.at !== undefined && one.at !== null ? one.at - before.at : null;
  const who = one.who && element("span.who", { title: one.who }, ` ${short(one.who)}`);
  const due = one.due ? `, due ${clock(one.due)}` : "";
  return element(
    "li",
    { "data-tone": tone },
    icon(drawn),
    element("span.what", null, one.what),
    element("span.detail", null, one.why && element("span.why", null, one.why + due), !one.why && due.slice(2), who),
    element("time", { title: stamp(one.at) }, one.at === null ? "" : clock(one.at)),
    element("span.gap", null, gap > 0 && `+${span(gap)}`),
  );
}

/** A link to a job, as an id. */
export const jobLink = (id) => element("a.mono", { href: link("jobs", id), title: id }, short(id));
