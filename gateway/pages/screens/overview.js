// The first screen: what needs a person, how much there is, how fast it goes, which queue is worst.

import { element, fill } from "../element.js";
import { Figures } from "../parts/figures.js";
import { HERD, flowCharts } from "../parts/flow_charts.js";
import { icon } from "../parts/icons.js";
import { Panel, empty } from "../parts/panel.js";
import { poolSummary } from "../parts/pool.js";
import { queueColumns, worstFirst } from "../parts/queue_columns.js";
import { storeFacts } from "../parts/store_facts.js";
import { Table } from "../parts/table.js";
import { link } from "../router.js";
import { button } from "../parts/menu.js";
import { submitForm } from "../parts/submit.js";
import { SUBMIT } from "../acts.js";
import { count, exact, percent, plural, rate, span } from "../words.js";

const SHOWN = 12;

export function overview(screen) {
  const troubles = element("div.troubles", { "aria-label": "What needs you", role: "region", hidden: true });
  const figures = new Figures(
    [
      { id: "pace", name: "Done", href: link("jobs", null, { q: "state:completed" }) },
      { id: "failed", name: "Failed", href: link("dead") },
      { id: "pending", name: "Pending", href: link("jobs", null, { q: "state:pending" }) },
      { id: "oldest", name: "Oldest waits", href: link("queues") },
      { id: "running", name: "Running", href: link("jobs", null, { q: "state:processing" }) },
      { id: "dead", name: "Dead", href: link("dead") },
    ],
    "Totals",
  );
  const charts = flowCharts(screen, HERD);
  const [store, queues, pools] = [new Panel("Store"), queuePanel(screen), poolsPanel(screen)];
  screen.watch("overview", {}, store, (rows) => {
    showTroubles(troubles, rows.value("troubles") ?? []);
    showFigures(figures, rows);
    fill(store.body, storeFacts(rows));
  });
  const submit = button({ text: "Submit a job", icon: "plus", right: SUBMIT, small: false, run: () => submitForm((to) => screen.router.go(to)) });
  return element(
    "div",
    null,
    element("div.head", null, element("h1", null, "Overview"), element("div.acts", null, charts.ranges, submit)),
    troubles,
    element("div.stack", null, figures.node, charts.node, element("div.columns.main-side", null, queues.node, element("div.stack", null, pools.node, store.node))),
  );
}

function showFigures(figures, rows) {
  const value = (name) => rows.value(name);
  const [done, failed] = [value("done_per_s"), value("failed_per_s")];
  const known = done !== null && failed !== null && done !== undefined;
  const share = !known ? null : done + failed > 0 ? failed / (done + failed) : 0;
  figures.set("pace", rate(done), { below: value("jobs_per_s") === null ? "" : `${rate(value("jobs_per_s"))} come in`, title: `${exact(done)} jobs a second` });
  figures.set("failed", percent(share), { below: known ? `${rate(failed)} fail` : "no figures yet", tone: share > 0.05 ? "dead" : null });
  figures.set("pending", count(value("pending")), { below: `${count(value("scheduled"))} scheduled`, title: exact(value("pending")) });
  const where = value("oldest_queue");
  figures.set("oldest", value("pending") ? span(value("oldest")) : "–", { below: where ? `in ${where}` : "nobody waits", href: where ? link("queues", where) : link("queues") });
  const [workers, busy] = [value("workers"), value("workers_busy")];
  figures.set("running", count(value("processing")), { below: workers ? `${count(busy)} of ${count(workers)} busy` : "no worker", tone: workers === 0 ? "dead" : null });
  figures.set("dead", count(value("dead")), { below: value("dead") ? "wait for you" : "none", tone: value("dead") ? "dead" : null, title: exact(value("dead")) });
}

function showTroubles(place, troubles) {
  const sign = JSON.stringify(troubles);
  if (place.sign === sign) return;
  place.sign = sign;
  place.hidden = troubles.length === 0;
  fill(place, troubles.map(one));
}

function one({ level, text, href }) {
  const tone = { error: "dead", bad: "dead", page: "dead", critical: "dead", info: "scheduled" }[level] ?? "retry";
  const ours = typeof href === "string" && /^\/(?!\/)/.test(href);
  return element(ours ? `a.tone-${tone}` : `p.tone-${tone}`, ours ? { href } : null, icon("warn"), element("span", null, text), ours && element("span.goes", null, icon("right")));
}

function queuePanel(screen) {
  const panel = new Panel("Queues", { kind: "flush", acts: [element("a", { href: link("queues") }, "all queues")] });
  const table = new Table({ columns: queueColumns(true), label: "Queues, worst first", href: true });
  const more = element("p.below-table");
  screen.watch("queues", {}, panel, (rows) => {
    const all = worstFirst(rows.list());
    if (!all.length) {
      fill(panel.body, empty("There are no jobs yet", "A queue appears with its first job.", `curl -XPOST ${location.origin}/tasks -H 'content-type: application/json' -d '{"type": "uppercase", "data": "hello"}'`));
      return;
    }
    if (!table.node.isConnected) fill(panel.body, table.node, more);
    table.draw(all.slice(0, SHOWN));
    more.hidden = all.length <= SHOWN;
    fill(more, `${all.length - SHOWN} more, none worse`);
    panel.say(`worst first · ${plural(all.length, "queue")}`);
  });
  return panel;
}

function poolsPanel(screen) {
  const panel = new Panel("Pools", { acts: [element("a", { href: link("workers") }, "workers")] });
  const workers = screen.watch("workers", {}, null, () => pools.paint());
  const pools = screen.watch("pools", {}, panel, (rows) => {
    const all = rows.list();
    if (!all.length) fill(panel.body, empty("No supervisor runs here", "Its pools would stand here.", "python -m supervisor -c config.yaml"));
    else fill(panel.body, element("div.stack", null, all.map((pool) => poolSummary(pool, workers.rows.list()))));
  });
  return panel;
}
