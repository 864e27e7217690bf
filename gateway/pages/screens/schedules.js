// What runs by the clock: in words, when next, how the last one went.

import { ADMIN, pauseSchedule, resumeSchedule, runSchedule } from "../acts.js";
import { now } from "../clock.js";
import { element, fill, put } from "../element.js";
import { badge, putBadge } from "../parts/badge.js";
import { cronWords } from "../parts/cron_words.js";
import { button, menu } from "../parts/menu.js";
import { Panel, empty } from "../parts/panel.js";
import { Table } from "../parts/table.js";
import { link } from "../router.js";
import { look } from "../states.js";
import { clock, count, epoch, plural, relative, stamp } from "../words.js";

const EXAMPLE = 'schedules:\n  - {name: nightly, task: report, cron: "0 3 * * *", timezone: Europe/Berlin}';

export function schedules(screen) {
  const panel = new Panel("Schedules", { kind: "flush", plain: true });
  const table = new Table({ columns: COLUMNS, label: "Schedules", actsBelow: true, acts: (_, row) => rowActs(row) });
  const note = element("span.note");
  const list = screen.watch("schedules", {}, panel, (rows) => {
    const all = rows.list();
    if (!all.length) {
      fill(panel.body, empty("There are no schedules", "Write them into the config file, and apply it:", EXAMPLE));
      return;
    }
    if (table.node.parentNode !== panel.body) fill(panel.body, table.node);
    table.draw(all);
    const paused = all.filter((one) => one.paused).length;
    put(note, `${plural(all.length, "schedule")}${paused ? `, ${paused} paused` : ""}`);
  });
  screen.eachSecond(() => list.paint());
  return element("div", null, element("div.head", null, element("h1", null, "Schedules"), note), panel.node);
}

function rowActs(row) {
  const name = row().key;
  return element(
    "span.inline",
    null,
    button({ text: "Run now", icon: "play", right: ADMIN, run: () => runSchedule(name) }),
    menu(`Acts of schedule ${name}`, () => [
      row().paused
        ? { text: "Resume", icon: "play", right: ADMIN, run: () => resumeSchedule(name) }
        : { text: "Pause", icon: "pause", right: ADMIN, run: () => pauseSchedule(name) },
    ]),
  );
}

const next = (row) => epoch(row.next?.[0] ?? null);

const COLUMNS = [
  {
    name: "name",
    title: "Schedule",
    phone: "main",
    sign: (row) => `${row.name} ${row.task}`,
    fill: (cell, row) => fill(cell, element("b", null, row.name), element("div.sub", null, row.task)),
  },
  {
    name: "when",
    title: "When",
    sign: (row) => `${row.cron} ${row.timezone}`,
    fill: (cell, row) => fill(cell, cronWords(row.cron), element("div.sub", null, element("span.mono", null, row.cron), ` ${row.timezone ?? ""}`)),
    tip: (row) => row.cron,
  },
  {
    name: "next",
    title: "Next",
    sign: (row) => (row.paused ? "paused" : `${relative(next(row), now())} ${row.next?.[0]}`),
    fill: (cell, row) => (row.paused ? fill(cell, badge("paused")) : fill(cell, relative(next(row), now()), element("div.sub", null, clock(next(row), now())))),
    tip: (row) => (row.next ?? []).map((one) => stamp(epoch(one))).join("\n") || null,
  },
  {
    name: "last",
    title: "Last",
    phone: "side",
    sign: (row) => `${row.last_status} ${row.last_job} ${relative(epoch(row.last_fired_at), now())}`,
    fill: showLast,
    tip: (row) => stamp(epoch(row.last_fired_at)) || null,
  },
  { name: "queue", title: "Queue", phone: "none", text: (row) => row.queue ?? "of its type", href: (row) => (row.queue ? link("queues", row.queue) : null) },
  {
    name: "fired",
    title: "Fired",
    number: true,
    sign: (row) => `${row.fired} ${row.skipped} ${row.missed}`,
    fill: (cell, row) => fill(cell, count(row.fired), notFired(row) && element("div.sub", null, notFired(row))),
    tip: () => "skipped: the run before was under way; missed: nobody was there to fire it",
  },
];

const notFired = (row) => [row.skipped && `${count(row.skipped)} skipped`, row.missed && `${count(row.missed)} missed`].filter(Boolean).join(", ");

function showLast(cell, row) {
  const at = epoch(row.last_fired_at);
  if (!row.last_job) {
    fill(cell, at === null ? "never" : relative(at, now()));
    return;
  }
  const state = row.last_status ?? "gone";
  putBadge(cell, state);
  cell.sign = null;
  fill(cell, element("a", { href: link("jobs", row.last_job), "aria-label": `Last run: ${look(state).word}` }, badge(state)), at !== null && element("div.sub", null, relative(at, now())));
}
