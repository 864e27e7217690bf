// The charts of overview and queue: throughput, waiting, running, depth; one range for all of a screen.

import { element } from "../element.js";
import { get } from "../http.js";
import { RANGES, rangeSeconds, readSeries } from "../series.js";
import { count, rate, span } from "../words.js";
import { Chart } from "./chart.js";

const THROUGHPUT = {
  title: "Throughput",
  metrics: ["done", "enqueued", "failed"],
  format: rate,
  lines: [
    { name: "done", tone: "done", area: true },
    { name: "in", tone: "pending" },
    { name: "failed", tone: "dead", dashed: true },
  ],
};
const percentiles = (title, what) => ({
  title,
  metrics: [`${what}_p50`, `${what}_p95`],
  format: span,
  lines: [
    { name: "p50", tone: "running" },
    { name: "p95", tone: "scheduled", dashed: true },
  ],
});
/** A mean number of jobs: below ten its fraction tells something. */
const mean = (value) => (value !== null && value < 10 ? String(Math.round(value * 10) / 10) : count(value));
const DEPTH = { title: "Pending", metrics: ["depth"], format: mean, lines: [{ name: "pending", tone: "pending", area: true }] };

/** The charts of the whole herd, and those of one queue. */
export const HERD = [THROUGHPUT, percentiles("Wait before the start", "wait"), percentiles("Run time", "run")];
export const QUEUE = [DEPTH, THROUGHPUT, percentiles("Wait before the start", "wait")];

/** Returns {ranges, node}: the switch of the range, and the row of charts. `where` narrows it to a queue. */
export function flowCharts(screen, wanted, where = {}) {
  const charts = wanted.map((one) => ({ ...one, chart: new Chart(one) }));
  let range = screen.route.query.get("range") ?? RANGES[0][0];
  const load = () => {
    for (const { metrics, chart } of charts) {
      readSeries(get, metrics, rangeSeconds(range), where)
        .then((data) => screen.open && chart.draw(data))
        .catch((error) => screen.open && chart.failed(error, load));
    }
  };
  const ranges = rangeSwitch(range, (name) => {
    range = name;
    screen.router.note({ range: name === RANGES[0][0] ? null : name });
    load();
  });
  screen.repeat(60, load);
  return { ranges, node: element("div.columns.three", null, charts.map(({ chart }) => chart.node)) };
}

/** Buttons of which one is pressed. */
export function rangeSwitch(chosen, choose) {
  const buttons = RANGES.map(([name]) =>
    element("button", { type: "button", "aria-pressed": String(name === chosen), on: { click: (event) => press(event.currentTarget, name) } }, name),
  );
  const press = (pressed, name) => {
    for (const one of buttons) one.setAttribute("aria-pressed", String(one === pressed));
    choose(name);
  };
  return element("div.segments", { role: "group", "aria-label": "Range of the charts" }, buttons);
}
