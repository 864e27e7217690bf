// All queues, the one in the worst state first.

import { ADMIN, SUBMIT, pauseQueue, purgeQueue, resumeQueue } from "../acts.js";
import { element, fill, put } from "../element.js";
import { button, menu } from "../parts/menu.js";
import { Panel, empty } from "../parts/panel.js";
import { queueColumns, worstFirst } from "../parts/queue_columns.js";
import { submitForm } from "../parts/submit.js";
import { Table } from "../parts/table.js";
import { link } from "../router.js";
import { plural } from "../words.js";

export function queues(screen) {
  const panel = new Panel("Queues", { kind: "flush", plain: true });
  const note = element("span.note");
  const submit = (queue) => submitForm((to) => screen.router.go(to), { queue });
  const table = new Table({ columns: queueColumns(), label: "Queues, worst first", href: true, acts: (_, row) => menu(`Acts of queue ${row().name}`, () => acts(row(), screen, submit)) });
  screen.watch("queues", {}, panel, (rows) => {
    const all = worstFirst(rows.list());
    if (!all.length) {
      fill(panel.body, empty("There are no queues yet", "A queue appears with its first job. Submit one here, or from a shell:", "python -m engine -c config.yaml enqueue uppercase '\"hello\"'"));
      return;
    }
    if (!table.node.isConnected) fill(panel.body, table.node);
    table.draw(all);
    put(note, `${plural(all.length, "queue")}, worst first`);
  });
  const head = element("div.head", null, element("h1", null, "Queues"), note, element("div.acts", null, button({ text: "Submit a job", icon: "plus", small: false, right: SUBMIT, run: () => submit("") })));
  return element("div", null, head, panel.node);
}

/** What can be done with a queue. */
export function acts(row, screen, submit) {
  return [
    row.paused
      ? { text: "Resume", icon: "play", right: ADMIN, run: () => resumeQueue(row.name) }
      : { text: "Pause", icon: "pause", right: ADMIN, run: () => pauseQueue(row.name) },
    { text: "Submit a job", icon: "plus", right: SUBMIT, run: () => submit(row.name) },
    { text: "Its jobs", icon: "jobs", run: () => screen.router.go(link("jobs", null, { q: `queue:${row.name}` })) },
    { text: "Purge…", icon: "trash", kind: "danger", right: ADMIN, run: () => purgeQueue(row.name, row.pending) },
  ];
}
