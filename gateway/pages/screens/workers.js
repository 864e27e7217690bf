// The herd: pools with a cell a worker, every worker with what it does, and how the last ones died.

import { ADMIN, killWorker } from "../acts.js";
import { now } from "../clock.js";
import { element, fill } from "../element.js";
import { putBadge } from "../parts/badge.js";
import { Cells, tally } from "../parts/cells.js";
import { deathList } from "../parts/deaths.js";
import { menu } from "../parts/menu.js";
import { Panel, empty } from "../parts/panel.js";
import { PoolCard, ofPool } from "../parts/pool.js";
import { Table } from "../parts/table.js";
import { link } from "../router.js";
import { bytes, count, exact, plural, short, span, stamp, ticking } from "../words.js";

const SHOWN = 100;
const START = "python -m supervisor -c config.yaml";

export function workers(screen) {
  const places = { pools: element("div.pools"), others: element("div") };
  const herd = workersPanel(screen, places);
  const deaths = new Panel("Deaths", { kind: "flush" });
  screen.watch("deaths", {}, deaths, (rows) => deathList(deaths, rows.list()));
  return element("div", null, element("div.head", null, element("h1", null, "Workers"), herd.note), places.pools, element("div.stack", null, herd.panel.node, deaths.node));
}

function workersPanel(screen, places) {
  const panel = new Panel("All workers", { kind: "flush" });
  const note = element("span.note");
  const cards = new Map();
  const pools = screen.watch("pools", {}, null, () => paint());
  const only = screen.route.query.get("worker") ?? screen.route.query.get("pool");
  const matches = (one) => !only || one.name === only || one.pool === only;
  const table = new Table({ columns: COLUMNS, label: "Workers", href: true, acts: (_, row) => menu(`Acts of worker ${row().name}`, () => acts(row(), screen)) });
  const more = element("p.below-table");
  let all = [];
  const paint = () => {
    drawPools(places.pools, cards, pools.rows.list(), all);
    const shown = all.filter(matches);
    if (!all.length) {
      fill(panel.body, empty("No worker is alive", "Jobs wait in their queues until one is. Start a herd, or one pool of it:", START));
      return;
    }
    if (table.node.parentNode !== panel.body) fill(panel.body, table.node, more);
    table.draw(shown.slice(0, SHOWN));
    more.hidden = !only && shown.length <= SHOWN;
    fill(more, only ? element("a", { href: link("workers") }, `Only ${only}: show all`) : `The ${SHOWN} that have been at it the longest, of ${shown.length}: all are in the cells above`);
    fill(note, `${all.filter((one) => one.state === "busy").length} of ${plural(all.length, "worker")} busy`);
  };
  const herd = screen.watch("workers", {}, panel, (rows) => {
    all = sorted(rows.list());
    paint();
  });
  screen.eachSecond(() => herd.paint());
  return { panel, note };
}

/** Few: by name, so that rows stay where they are. Many: the busy ones first, the longest at the top. */
function sorted(rows) {
  const byName = (a, b) => (a.pool ?? "").localeCompare(b.pool ?? "") || a.slot - b.slot || (a.key < b.key ? -1 : 1);
  if (rows.length <= SHOWN) return rows.sort(byName);
  return rows.sort((a, b) => Number(b.state === "busy") - Number(a.state === "busy") || a.since - b.since || byName(a, b));
}

/** The pools of this host's supervisor as cards; those of other hosts as cells alone. */
function drawPools(place, cards, pools, workers) {
  const names = [...new Set([...pools.map((one) => one.name), ...workers.map((one) => one.pool)])];
  for (const name of names) {
    const pool = pools.find((one) => one.name === name);
    if (cards.has(name) && cards.get(name).full !== Boolean(pool)) cards.get(name).node.remove();
    if (!cards.has(name) || !cards.get(name).node.isConnected) {
      cards.set(name, pool ? Object.assign(new PoolCard(pool), { full: true }) : new FarPool(name));
      place.append(cards.get(name).node);
    }
    cards.get(name).draw(pool ?? name, workers);
  }
  for (const [name, card] of cards) {
    if (names.includes(name)) continue;
    card.node.remove();
    cards.delete(name);
  }
}

/** A pool whose supervisor is elsewhere: it can be seen, not steered. */
class FarPool {
  constructor(name) {
    this.panel = new Panel(name, { note: "on another host" });
    this.cells = new Cells(`Workers of ${name}`);
    this.line = element("p.line");
    this.panel.show(element("div.pool", null, this.cells.node, this.line));
    this.node = this.panel.node;
    this.full = false;
  }

  draw(name, workers) {
    const own = ofPool(workers, name);
    this.cells.draw(own);
    fill(this.line, `${tally(own)} · ${[...new Set(own.map((one) => one.host))].join(", ")}`);
  }
}

function acts(row, screen) {
  return [
    { text: "Show its job", icon: "jobs", run: () => row.job && screen.router.go(link("jobs", row.job)) },
    { text: "Kill…", icon: "kill", kind: "danger", right: ADMIN, run: () => killWorker(row.name, row.job) },
  ].filter((one) => (one.icon === "jobs" ? row.job : row.local !== false));
}

const COLUMNS = [
  { name: "name", title: "Worker", phone: "main", text: (row) => row.name ?? `${row.pool}.${row.slot}`, tip: (row) => `pid ${row.pid}, incarnation ${row.key}` },
  { name: "state", title: "State", phone: "side", sign: (row) => row.state, fill: (cell, row) => putBadge(cell, row.state) },
  { name: "job", title: "Job now", text: (row) => (row.job ? row.type || short(row.job) : "–"), href: (row) => (row.job ? link("jobs", row.job) : null), tip: (row) => row.job || null },
  { name: "for", title: "For", number: true, text: (row) => (row.since ? ticking(now() - row.since) : "–"), tip: (row) => stamp(row.since) },
  { name: "done", title: "Jobs done", number: true, text: (row) => count(row.jobs_done), tip: (row) => exact(row.jobs_done) },
  { name: "up", title: "Uptime", number: true, text: (row) => (row.started_at ? span(Math.floor(Math.max(0, now() - row.started_at))) : "–"), tip: (row) => `since ${stamp(row.started_at)}` },
  { name: "rss", title: "Memory", number: true, text: (row) => bytes(row.rss) },
  { name: "cpu", title: "CPU", number: true, phone: "none", text: (row) => (row.cpu === null || row.cpu === undefined ? "–" : `${Math.round(row.cpu * 100)} %`) },
  { name: "restarts", title: "Restarts", number: true, text: (row) => count(row.restarts), tone: (row) => (row.restarts ? "retry" : null), tip: (row) => lastEnd(row.last_end) },
  { name: "pid", title: "Pid", number: true, phone: "none", text: (row) => row.pid ?? "–" },
  { name: "host", title: "Host", phone: "none", text: (row) => row.host ?? "–" },
];

/** How the worker before it ended, in words. */
function lastEnd(end) {
  if (!end) return null;
  if (typeof end === "string") return `the one before: ${end}`;
  return `the one before: ${end.reason || end.cause || (end.signal ? `signal ${end.signal}` : `exit ${end.code}`)}`;
}
