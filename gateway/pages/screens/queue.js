// One queue: how deep, how old, why its oldest job waits, what it holds by type, how it went.

import { ADMIN, SUBMIT, pauseQueue, purgeQueue, resumeQueue } from "../acts.js";
import { element, fill } from "../element.js";
import { get, path, query } from "../http.js";
import { putBadge } from "../parts/badge.js";
import { Figures } from "../parts/figures.js";
import { QUEUE, flowCharts } from "../parts/flow_charts.js";
import { jobColumns } from "../parts/job_columns.js";
import { button } from "../parts/menu.js";
import { Panel, empty } from "../parts/panel.js";
import { stateBar } from "../parts/queue_columns.js";
import { submitForm } from "../parts/submit.js";
import { Table } from "../parts/table.js";
import { link } from "../router.js";
import { queueTrouble } from "../states.js";
import { count, exact, percent, rate, span } from "../words.js";

const SAMPLE = 200;

export function queue(screen) {
  const name = screen.route.id;
  const jobs = (state) => link("jobs", null, { q: `state:${state} queue:${name}` });
  const figures = new Figures(
    [
      { id: "pending", name: "Pending", href: jobs("pending") },
      { id: "oldest", name: "Oldest waits" },
      { id: "processing", name: "Running", href: jobs("processing") },
      { id: "scheduled", name: "Scheduled", href: jobs("scheduled") },
      { id: "dead", name: "Dead", href: link("dead", null, { queue: name }) },
      { id: "out", name: "Done" },
      { id: "drains", name: "Drains in" },
    ],
    `Totals of queue ${name}`,
  );
  const [state, bar, switches] = [element("span"), element("div"), element("span")];
  const charts = flowCharts(screen, QUEUE, { queue: name });
  const all = new Panel("State", { plain: true });
  screen.watch("queues", {}, all, (rows) => {
    const row = rows.get(name);
    fill(all.body, row ? null : empty(`There is no queue ${name}`, "No job was ever put into it."));
    all.node.hidden = Boolean(row);
    if (!row) return;
    putBadge(state, queueTrouble(row)[0]);
    showFigures(figures, row);
    stateBar(bar, row);
    showSwitch(switches, row);
  });
  const purge = button({ text: "Purge…", icon: "trash", kind: "danger", right: ADMIN, small: false, run: async () => purgeQueue(name, (await pendingOf(name)) ?? 0) });
  const submit = button({ text: "Submit a job", icon: "plus", right: SUBMIT, small: false, run: () => submitForm((to) => screen.router.go(to), { queue: name }) });
  const head = element("div.head", null, element("a.crumb", { href: link("queues") }, "Queues"), element("h1", null, name), state, element("div.acts", null, charts.ranges, switches, purge, submit));
  return element("div", null, head, element("div.stack", null, all.node, figures.node, bar, charts.node, element("div.columns.main-side", null, waiting(screen, name), element("div.stack", null, why(screen, name), byType(screen, name)))));
}

function showFigures(figures, row) {
  const [, trouble] = queueTrouble(row);
  figures.set("pending", count(row.pending), { title: exact(row.pending), below: row.parked ? `${count(row.parked)} parked` : "" });
  figures.set("oldest", row.pending ? span(row.oldest) : "–", { below: row.target ? `target ${span(row.target)}` : "", tone: trouble >= 1000 ? "dead" : null });
  figures.set("processing", count(row.processing));
  figures.set("scheduled", count(row.scheduled));
  figures.set("dead", count(row.dead), { tone: row.dead ? "dead" : null });
  figures.set("out", rate(row.out_per_s), { below: row.in_per_s === null ? "" : `${rate(row.in_per_s)} come in` });
  const never = row.pending && (row.drains_in === null || row.drains_in === undefined);
  figures.set("drains", row.pending ? (never ? "never" : span(row.drains_in)) : "–", { below: row.paused ? "it is paused" : never ? "at this pace" : "" });
}

/** Pause or resume, whichever it needs. */
function showSwitch(place, row) {
  if (place.sign === row.paused) return;
  place.sign = row.paused;
  const { name } = row;
  fill(
    place,
    row.paused
      ? button({ text: "Resume", icon: "play", kind: "primary", right: ADMIN, small: false, run: () => resumeQueue(name) })
      : button({ text: "Pause", icon: "pause", right: ADMIN, small: false, run: () => pauseQueue(name) }),
  );
}

async function pendingOf(name) {
  const { queues } = await get("/queues");
  return queues.find((one) => one.name === name)?.pending;
}

/** The first of those that wait. */
function waiting(screen, name) {
  const panel = new Panel("First in line", { kind: "flush", acts: [element("a", { href: link("jobs", null, { q: `queue:${name}` }) }, "all jobs")] });
  const table = new Table({ columns: jobColumns({ without: ["queue", "worker", "state"] }), label: `First pending jobs of ${name}`, href: true });
  screen.watch("jobs", { queue: name, state: "pending", limit: 10 }, panel, (rows) => {
    if (!rows.size) fill(panel.body, empty("Nobody waits", "Whatever comes into this queue is taken at once."));
    else if (!table.node.isConnected) fill(panel.body, table.node);
    table.draw(rows.list());
  });
  return panel.node;
}

/** Why the oldest of them has not started. */
function why(screen, name) {
  const panel = new Panel("Why the oldest waits");
  const load = async () => {
    const { tasks } = await get(`/tasks${query({ queue: name, state: "pending", limit: 1 })}`);
    if (!tasks.length) return { id: null };
    return get(path`/tasks/${tasks[0].id}/why`);
  };
  screen.repeat(10, () =>
    load()
      .then((found) => screen.open && panel.show(said(found)))
      .catch((error) => screen.open && panel.failed(error)),
  );
  return panel.node;
}

function said(found) {
  if (found.id === null) return element("p.note", null, "Nobody waits.");
  const texts = found.why.split("\n").filter(Boolean);
  return element("div.stack", null, texts.map((text, at) => element(at ? "p.note" : "p", null, text)), element("a.mono", { href: link("jobs", found.id) }, found.id));
}

/** Its pending jobs by type, of the first that stand there. */
function byType(screen, name) {
  const panel = new Panel("By type");
  screen.repeat(15, () =>
    screen.read(`/tasks${query({ queue: name, state: "pending", limit: SAMPLE })}`, panel, ({ tasks, cursor }) => {
      const types = new Map();
      for (const { type } of tasks) types.set(type, (types.get(type) ?? 0) + 1);
      const rows = [...types].sort((a, b) => b[1] - a[1]).slice(0, 8);
      panel.say(cursor ? `of the first ${SAMPLE}` : "");
      fill(panel.body, rows.length ? element("div.stack", null, rows.map(([type, n]) => share(type, n, tasks.length, name))) : element("p.note", null, "Nobody waits."));
    }),
  );
  return panel.node;
}

function share(type, n, all, name) {
  return element(
    "div.progress",
    { "data-tone": "pending" },
    element("p", null, element("a", { href: link("jobs", null, { q: `state:pending queue:${name} type:${type}` }) }, type), element("span.note", null, `${percent(n / all)}`)),
    element("div.meter", { style: { "--share": n / all } }, element("i")),
  );
}
