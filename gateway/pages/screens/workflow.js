// One workflow: its graph with live states, and the same as a list.

import { SUBMIT, cancelFlow } from "../acts.js";
import { now } from "../clock.js";
import { element, fill, put } from "../element.js";
import { putBadge } from "../parts/badge.js";
import { Figures } from "../parts/figures.js";
import { Graph } from "../parts/graph.js";
import { button } from "../parts/menu.js";
import { Panel, empty } from "../parts/panel.js";
import { Table } from "../parts/table.js";
import { link } from "../router.js";
import { look } from "../states.js";
import { count, epoch, plural, short, span, ticking } from "../words.js";

/** Above so many members a graph is no picture any more. */
const DRAWN = 300;
const LISTED = 300;
const ORDER = ["dead", "processing", "scheduled", "pending", "waiting", "cancelled", "skipped", "completed"];

export function workflow(screen) {
  const id = screen.route.id;
  const parts = {
    title: element("h1", null, "Workflow"),
    state: element("span"),
    acts: element("div.acts"),
    figures: new Figures(["total", "done", "running", "dead", "elapsed"].map((one) => ({ id: one, name: NAMES[one] })), "Totals of the workflow"),
    graph: new Graph("Graph of the workflow"),
    picture: new Panel("Graph"),
    list: new Panel("Jobs", { kind: "flush" }),
    table: new Table({ columns: COLUMNS, label: "Jobs of the workflow", href: true }),
    id,
  };
  const flow = screen.watch("flow", { id }, parts.picture, (rows) => show(parts, rows));
  screen.eachSecond(() => flow.paint());
  const head = element("div.head", null, element("a.crumb", { href: link("workflows") }, "Workflows"), parts.title, parts.state, element("span.jobid", null, short(id)), parts.acts);
  return element("div", null, head, element("div.stack", null, parts.figures.node, parts.picture.node, parts.list.node));
}

const NAMES = { total: "Jobs", done: "Ended", running: "Running", dead: "Dead", elapsed: "Took" };

function show(parts, rows) {
  const members = rows.list().map((row) => ({ ...row, parents: ids(row.parents) }));
  if (!members.length) {
    fill(parts.picture.body, empty(`There is no workflow ${parts.id}`, "It never was, or it is over and its record has expired."));
    parts.list.node.hidden = true;
    return;
  }
  const { meta } = rows;
  put(parts.title, meta.name || "Workflow");
  putBadge(parts.state, meta.status ?? "running");
  showActs(parts, meta.status);
  showFigures(parts.figures, meta, members);
  showGraph(parts, members);
  if (!parts.table.node.isConnected) parts.list.show(parts.table.node);
  parts.list.say(members.length > LISTED ? `the first ${LISTED} of ${count(members.length)}, those that need you first` : plural(members.length, "job"));
  parts.table.draw([...members].sort((a, b) => ORDER.indexOf(a.state) - ORDER.indexOf(b.state)).slice(0, LISTED));
}

const ids = (parents) => (Array.isArray(parents) ? parents : Object.keys(parents ?? {}));

function showActs(parts, status) {
  if (parts.acts.sign === status) return;
  parts.acts.sign = status;
  const over = ["completed", "failed", "cancelled"].includes(status);
  fill(parts.acts, !over && button({ text: "Cancel", icon: "cross", kind: "danger", right: SUBMIT, small: false, run: () => cancelFlow(parts.id) }));
}

function showFigures(figures, meta, members) {
  const of = (...states) => members.filter((one) => states.includes(one.state)).length;
  const ended = epoch(meta.ended_at);
  const began = epoch(meta.created_at);
  figures.set("total", count(meta.total ?? members.length));
  figures.set("done", count(meta.done ?? of("completed", "dead", "cancelled", "skipped")));
  figures.set("running", count(of("processing")));
  figures.set("dead", count(of("dead")), { tone: of("dead") ? "dead" : null });
  figures.set("elapsed", began === null ? "–" : ended === null ? ticking(now() - began) : span(ended - began));
}

function showGraph(parts, members) {
  if (members.length > DRAWN && !foldable(members)) {
    fill(parts.picture.body, element("p.note", null, `${count(members.length)} jobs are more than a picture can show: they are listed below.`));
    return;
  }
  if (!parts.graph.node.isConnected) parts.picture.show(parts.graph.node);
  parts.graph.draw(members);
}

/** Many, but alike: they fold to few boxes. */
const foldable = (members) => new Set(members.map((one) => `${one.type} ${one.parents.length > 20 ? "many" : one.parents.join()}`)).size <= 40;

const COLUMNS = [
  { name: "name", title: "Job", phone: "main", text: (row) => row.name || row.type, href: (row) => link("jobs", row.key) },
  { name: "type", title: "Type", text: (row) => row.type },
  { name: "state", title: "State", phone: "side", sign: (row) => row.state, fill: (cell, row) => putBadge(cell, row.state, look(row.state).word) },
  { name: "attempts", title: "Att.", number: true, phone: "none", text: (row) => count(row.attempts) },
  { name: "waits", title: "Waits for", number: true, text: (row) => (row.parents.length ? count(row.parents.length) : "–") },
  { name: "ran", title: "Ran", number: true, text: ran },
  { name: "id", title: "Id", mono: true, phone: "none", text: (row) => short(row.key) },
];

function ran(row) {
  const [began, ended] = [epoch(row.started_at), epoch(row.finished_at)];
  if (began === null) return "–";
  return ended === null ? ticking(now() - began) : span(ended - began);
}
