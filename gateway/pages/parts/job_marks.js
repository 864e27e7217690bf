// The line over a list of jobs that says how many are marked, and what can be done with them.

import { ADMIN, act, cancelJob } from "../acts.js";
import { element, fill } from "../element.js";
import { path } from "../http.js";
import { count, plural } from "../words.js";
import { confirm } from "./dialog.js";
import { button } from "./menu.js";

const WAITING = ["pending", "scheduled"];

/** {node, show(marked)} for a table whose rows `row(key)` knows; `clear` takes its ticks away. */
export function jobMarks({ row, clear }) {
  const node = element("div.marked", { hidden: true });
  const all = async (ids, what, text) => {
    const sure = ids.length < 2 || (await confirm({ title: `${text}: ${plural(ids.length, "job")}?`, text: "Those that have gone on in the meantime are left alone.", yes: text, danger: false }));
    if (!sure) return;
    for (const id of ids) await what(id);
    clear();
  };
  const show = (marked) => {
    node.hidden = marked.size === 0;
    if (!marked.size) return;
    const states = (wanted) => [...marked].filter((id) => wanted.includes(row(id)?.state));
    const [dead, waiting] = [states(["dead"]), states(WAITING)];
    const each = (ids, text, what, kind) => ids.length > 0 && button({ text, kind, right: ADMIN, run: () => all(ids, what, text) });
    fill(
      node,
      element("b", null, `${count(marked.size)} marked`),
      each(dead, "Retry", (id) => act("POST", path`/dlq/${id}/retry`, undefined, `${id} is back in its queue`)),
      each(waiting, "Cancel them", (id) => cancelJob(id, false), "danger"),
      button({ text: "Unmark", run: clear }),
    );
  };
  return { node, show };
}
