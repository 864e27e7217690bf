// Workflows, the newest first.

import { now } from "../clock.js";
import { element, fill, put } from "../element.js";
import { putBadge } from "../parts/badge.js";
import { Panel, empty } from "../parts/panel.js";
import { Table } from "../parts/table.js";
import { link } from "../router.js";
import { count, epoch, percent, plural, relative, short, stamp } from "../words.js";

const SHOWN = 100;
const EXAMPLE = 'from engine import Client, chain\n\nClient("redis://localhost:6379/0").flows.submit(chain("fetch", "parse", "store"))';

export function workflows(screen) {
  const panel = new Panel("Workflows", { kind: "flush", plain: true });
  const table = new Table({ columns: COLUMNS, label: "Workflows, the newest first", href: true });
  const note = element("span.note");
  const list = screen.watch("flows", { limit: SHOWN }, panel, (rows) => {
    const all = rows.list();
    if (!all.length) {
      fill(panel.body, empty("There are no workflows", "They are submitted from Python:", EXAMPLE));
      return;
    }
    if (table.node.parentNode !== panel.body) fill(panel.body, table.node);
    table.draw(all);
    const running = all.filter((one) => one.status === "running").length;
    put(note, `${plural(all.length, "workflow")}, ${running} running${all.length === SHOWN ? "; older ones are not shown" : ""}`);
  });
  screen.eachSecond(() => list.paint());
  return element("div", null, element("div.head", null, element("h1", null, "Workflows"), note), panel.node);
}

const share = (row) => (row.total ? row.done / row.total : 0);

const COLUMNS = [
  { name: "name", title: "Workflow", phone: "main", text: (row) => row.name || "unnamed", href: (row) => link("workflows", row.key) },
  { name: "id", title: "Id", mono: true, phone: "none", text: (row) => short(row.key), tip: (row) => row.key },
  { name: "status", title: "State", phone: "side", sign: (row) => row.status, fill: (cell, row) => putBadge(cell, row.status) },
  {
    name: "progress",
    title: "Progress",
    phone: "none",
    sign: (row) => `${row.done} ${row.total} ${row.status}`,
    fill: (cell, row) =>
      fill(cell, element("div.meter", { "data-tone": { failed: "dead", completed: "done", cancelled: "off" }[row.status] ?? "running", style: { "--share": share(row) }, role: "img", "aria-label": percent(share(row)) }, element("i"))),
  },
  { name: "done", title: "Done", number: true, text: (row) => `${count(row.done)} of ${count(row.total)}` },
  { name: "created", title: "Submitted", number: true, text: (row) => relative(epoch(row.created_at), now()), tip: (row) => stamp(epoch(row.created_at)) },
];
