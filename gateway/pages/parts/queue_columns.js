// How a queue looks in a table: the same on the overview and on the queues' own screen.

import { element, fill } from "../element.js";
import { link } from "../router.js";
import { queueTrouble } from "../states.js";
import { count, exact, rate, span, ticking } from "../words.js";
import { putBadge } from "./badge.js";

const PARTS = [
  ["processing", "running"],
  ["pending", "pending"],
  ["scheduled", "scheduled"],
  ["dead", "dead"],
];

const jobsOf = (row, state) => link("jobs", null, { q: `state:${state} queue:${row.name}` });

/** Queues with trouble first, then the deepest. */
export const worstFirst = (rows) =>
  [...rows].sort((a, b) => queueTrouble(b)[1] - queueTrouble(a)[1] || b.pending - a.pending || (a.name < b.name ? -1 : 1));

/** The share of each state, as a bar. */
export function stateBar(place, row) {
  const parts = PARTS.filter(([name]) => row[name] > 0);
  const said = parts.map(([name]) => `${exact(row[name])} ${name}`).join(", ") || "empty";
  fill(place, element("div.bars", { role: "img", "aria-label": said, title: said }, parts.map(([name, tone]) => element("i", { "data-tone": tone, style: { "--share": row[name] } }))));
}

const number = (name, title, more = {}) => ({
  name,
  title,
  number: true,
  text: (row) => (row[name] ? count(row[name]) : "0"),
  tip: (row) => exact(row[name]),
  href: (row) => jobsOf(row, name),
  ...more,
});

/** The columns; `short` leaves out what the overview has no room for. */
export function queueColumns(short = false) {
  const columns = [
    { name: "name", title: "Queue", phone: "main", text: (row) => row.name, href: (row) => link("queues", row.name) },
    {
      name: "state",
      title: "State",
      phone: "side",
      sign: (row) => queueTrouble(row)[0],
      fill: (cell, row) => putBadge(cell, queueTrouble(row)[0]),
    },
    number("pending", "Pending"),
    { name: "oldest", title: "Oldest", number: true, text: (row) => (row.pending ? ticking(row.oldest) : "–"), tip: (row) => `target ${span(row.target)}`, tone: lateness },
    number("processing", "Running"),
    number("scheduled", "Scheduled", { phone: "none" }),
    number("dead", "Dead", { tone: (row) => (row.dead ? "dead" : null) }),
    { name: "in", title: "In", number: true, text: (row) => rate(row.in_per_s), phone: "none" },
    { name: "out", title: "Out", number: true, text: (row) => rate(row.out_per_s) },
    { name: "failed", title: "Failed", number: true, text: (row) => rate(row.failed_per_s), tone: (row) => (row.failed_per_s > 0 ? "retry" : null), phone: "none" },
    { name: "drains", title: "Drains in", number: true, text: drains, phone: "none" },
    { name: "bar", title: "By state", sign: (row) => PARTS.map(([name]) => row[name]).join(), fill: stateBar, phone: "none" },
  ];
  return short ? columns.filter((one) => !["scheduled", "bar"].includes(one.name)) : columns;
}

const LATE = { slow: "retry", late: "dead", stuck: "dead" };
const lateness = (row) => LATE[queueTrouble(row)[0]] ?? null;

/** When it will be empty at this pace; "never" when more comes than goes. */
function drains(row) {
  if (!row.pending) return "–";
  if (row.paused) return "paused";
  return row.drains_in === null || row.drains_in === undefined ? "never" : span(row.drains_in);
}
