// Who did what: the audit log, where the gateway keeps one.

import { now } from "../clock.js";
import { element, fill } from "../element.js";
import { Panel, empty } from "../parts/panel.js";
import { Table } from "../parts/table.js";
import { epoch, relative, stamp } from "../words.js";

export function activity(screen) {
  const panel = new Panel("Acts", { kind: "flush", plain: true });
  const table = new Table({ columns: COLUMNS, label: "Acts, the newest first" });
  screen.repeat(10, () =>
    screen.read("/audit?limit=200", panel, ({ acts }) => {
      if (!acts.length) {
        fill(panel.body, empty("Nobody has done anything yet", "Every act on the herd by an admin is written down here, and what was refused: who, when, what, on what."));
        return;
      }
      if (table.node.parentNode !== panel.body) fill(panel.body, table.node);
      table.draw(acts.map((one, at) => ({ ...one, key: `${one.at} ${acts.length - at}` })));
    }),
  );
  return element("div", null, element("div.head", null, element("h1", null, "Activity"), element("span.note", null, "the newest first")), panel.node);
}

const COLUMNS = [
  { name: "act", title: "What", phone: "main", text: (row) => row.act },
  { name: "on", title: "On", wide: true, phone: "last", text: (row) => (typeof row.on === "string" ? row.on : JSON.stringify(row.on ?? "")) },
  { name: "who", title: "Who", text: (row) => row.who ?? (row.via === "open" ? "anybody" : "–"), tip: (row) => row.via },
  { name: "outcome", title: "Outcome", text: (row) => `${row.refused ? "refused, " : ""}${row.outcome ?? "–"}`, tip: (row) => (row.left_out ? `${row.left_out} refused before it are not told` : "") },
  { name: "address", title: "From", phone: "none", mono: true, text: (row) => row.address || "–" },
  { name: "at", title: "When", number: true, phone: "side", text: (row) => relative(epoch(row.at), now()), tip: (row) => stamp(epoch(row.at)) },
];
