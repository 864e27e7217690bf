// The figures over time: `GET /series`, once when a chart opens and once a minute. See docs/series.md.

import { query } from "./http.js";

/** The ranges of the charts: [name, seconds]. */
export const RANGES = [
  ["15m", 15 * 60],
  ["3h", 3 * 3600],
  ["24h", 24 * 3600],
];

export const rangeSeconds = (name) => (RANGES.find(([one]) => one === name) ?? RANGES[0])[1];

/**
 * Metrics over the last `seconds`, ready to be drawn: `{times, values: [[number | null] a metric], from, to, samples}`.
 * Numbers of jobs become jobs a second. `where` narrows it to a queue or a type.
 */
export async function readSeries(get, metrics, seconds, where = {}) {
  const to = Math.floor(Date.now() / 1000);
  const said = await get(`/series${query({ metric: metrics.join(), from: to - seconds, to, ...where })}`);
  return drawable(said, metrics, to);
}

/** Metrics that count, and are shown by the second; the others are what they are. */
const COUNTS = new Set(["done", "failed", "dead", "crashed", "ended", "started", "enqueued"]);
/** Seconds of an unfinished span that say something already. */
const ENOUGH = 15;

/** What an answer draws; the span that is not over yet is left out while it is short. Pure. */
export function drawable(said, metrics, now) {
  const points = said.series[metrics[0]] ?? [];
  const shown = points.filter(([at]) => now - at >= Math.min(ENOUGH, said.step)).length;
  const times = points.slice(0, shown).map(([at]) => at);
  const values = metrics.map((name) =>
    (said.series[name] ?? []).slice(0, shown).map(([at, value]) => {
      if (value === null || value === undefined) return null;
      return COUNTS.has(name) ? value / Math.max(1, Math.min(said.step, now - at)) : value;
    }),
  );
  return { times, values, from: said.from, to: Math.max(times.at(-1) ?? said.to, said.to - said.step) };
}
