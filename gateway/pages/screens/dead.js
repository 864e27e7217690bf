// Dead letters by what they died of: 2,000 failures are three errors.

import { ADMIN, deleteMany, retryMany } from "../acts.js";
import { now } from "../clock.js";
import { element, fill, mark, put } from "../element.js";
import { query } from "../http.js";
import { icon } from "../parts/icons.js";
import { jobMenu } from "../parts/job_acts.js";
import { button, menu } from "../parts/menu.js";
import { Panel, empty } from "../parts/panel.js";
import { Table } from "../parts/table.js";
import { link } from "../router.js";
import { count, epoch, exact, plural, relative, span, stamp } from "../words.js";

const FEW = 5;
const LETTERS = 20;

export function dead(screen) {
  const queue = screen.route.query.get("queue") ?? "";
  const panel = new Panel("Dead letters, by error", { kind: "flush", plain: true });
  const note = element("span.note");
  const list = element("div");
  const groups = new Map();
  const whole = element("span");
  screen.watch("groups", queue ? { queue } : {}, panel, (rows) => {
    const all = rows.list().sort((a, b) => b.count - a.count);
    const total = all.reduce((sum, one) => sum + one.count, 0);
    put(note, all.length ? `${plural(total, "letter")} in ${plural(all.length, "group")}, by error` : "");
    if (!all.length) {
      fill(panel.body, nothing(queue));
      fill(whole);
      return;
    }
    if (list.parentNode !== panel.body) fill(panel.body, list);
    drawGroups(screen, list, groups, all);
    showWhole(whole, queue, total);
  });
  const narrowed = queue && element("a.chip", { href: link("dead"), "aria-current": "true", "aria-label": `Without queue:${queue}` }, `queue: ${queue}`, icon("cross"));
  return element("div", null, element("div.head", null, element("h1", null, "Dead letters"), note, narrowed, element("div.acts", null, whole)), panel.node);
}

const nothing = (queue) =>
  empty(queue ? `Queue ${queue} has no dead letters` : "Nothing is dead", "A job that has failed as often as it may, or has taken its worker down, would wait here until somebody retries or deletes it.");

/** Acts on all that is shown. */
function showWhole(place, queue, total) {
  if (place.sign === total) return;
  place.sign = total;
  const filter = queue ? { queue } : { all: true };
  fill(
    place,
    button({ text: "Retry all", icon: "again", right: ADMIN, small: false, run: () => retryMany(filter, total) }),
    " ",
    button({ text: "Delete all…", icon: "trash", kind: "danger", right: ADMIN, small: false, run: () => deleteMany(filter, total, queue ? `All of queue ${queue}` : "All of all queues") }),
  );
}

function drawGroups(screen, list, known, all) {
  const wanted = new Set(all.map((one) => one.key));
  for (const [key, group] of known) {
    if (wanted.has(key)) continue;
    group.node.remove();
    known.delete(key);
  }
  all.forEach((row, at) => {
    if (!known.has(row.key)) known.set(row.key, new Group(screen, row));
    const group = known.get(row.key);
    group.draw(row);
    if (list.children[at] !== group.node) list.insertBefore(group.node, list.children[at] ?? null);
  });
}

class Group {
  constructor(screen, row) {
    this.screen = screen;
    this.row = row;
    this.many = element("span");
    this.error = element("p.error");
    this.message = element("p.message");
    this.where = element("p.where");
    this.letters = element("div.letters", { hidden: true });
    this.opener = element("button.small", { type: "button", "aria-expanded": "false", on: { click: () => this.toggle() } }, icon("down"), "Letters");
    this.node = element(
      "div.group",
      { tabindex: "-1", "data-key": row.key },
      element("p.many", null, this.many, element("small", null, "times")),
      element("div", null, this.error, this.message, this.where),
      this.acts(),
      this.letters,
    );
    if (screen.route.query.get("group") === row.key) this.toggle();
  }

  acts() {
    const filter = { fingerprint: this.row.key };
    this.few = button({ text: `Retry ${FEW} first`, icon: "again", right: ADMIN, title: "See whether it is mended before all of them run", run: () => retryMany(filter, this.row.count, FEW) });
    return element(
      "div.acts",
      null,
      this.few,
      button({ text: "Retry all", right: ADMIN, run: () => retryMany(filter, this.row.count) }),
      this.opener,
      menu(`More acts of this group`, () => [
        { text: "Delete all of the group…", icon: "trash", kind: "danger", right: ADMIN, run: () => deleteMany(filter, this.row.count, `${this.row.error} of ${this.row.type}`) },
      ]),
    );
  }

  draw(row) {
    const changed = row.count !== this.row.count;
    this.row = row;
    put(this.many, count(row.count));
    mark(this.many, "title", exact(row.count));
    this.few.hidden = row.count <= FEW;
    if (this.error.title !== row.error) fill(this.error, ...errorName(row.error));
    this.error.title = row.error;
    put(this.message, row.message);
    mark(this.message, "title", row.message || null);
    const [first, last] = [epoch(row.first_seen), epoch(row.last_seen)];
    const sign = `${row.type} ${row.queue} ${relative(first, now())} ${relative(last, now())}`;
    if (this.where.sign !== sign) {
      this.where.sign = sign;
      fill(
        this.where,
        element("a", { href: link("jobs", null, { q: `state:dead queue:${row.queue} type:${row.type}` }) }, row.type),
        element("span", null, "in ", element("a", { href: link("queues", row.queue) }, row.queue)),
        element("span", { title: stamp(last) }, `last ${relative(last, now())}`),
        element("span", { title: stamp(first) }, `first ${relative(first, now())}`),
        row.example && element("a", { href: link("dead", row.example) }, "an example"),
      );
    }
    if (changed && !this.letters.hidden) this.load();
  }

  toggle() {
    const open = this.letters.hidden;
    this.letters.hidden = !open;
    mark(this.opener, "aria-expanded", String(open));
    if (open) this.load();
  }

  load() {
    this.inner ??= new Panel("Letters of this group", { kind: "flush", plain: true });
    if (!this.inner.node.isConnected) fill(this.letters, this.inner.node);
    this.screen.read(`/dlq${query({ fingerprint: this.row.key, limit: LETTERS })}`, this.inner, ({ tasks, cursor }) => {
      this.table ??= new Table({ columns: LETTER, label: "Letters of this group", href: true, acts: (_, row) => menu(`Acts of ${row().key}`, () => jobMenu(row(), this.screen)) });
      if (!this.table.node.isConnected) fill(this.inner.body, this.table.node);
      this.table.draw(tasks.map((task) => ({ ...task, key: task.id, state: "dead" })));
      if (cursor) this.inner.body.append(element("p.below-table", null, `The first ${LETTERS}; a search finds `, element("a", { href: link("jobs", null, { q: `state:dead queue:${this.row.queue} group:${this.row.key}` }) }, "all of the group")));
    });
  }
}

/** The class of an error, its module in small. */
function errorName(name) {
  if (!name) return ["no error was kept"];
  const at = name.lastIndexOf(".") + 1;
  return [at > 0 && element("span.note", null, name.slice(0, at)), name.slice(at)];
}

const LETTER = [
  { name: "id", title: "Id", mono: true, phone: "main", text: (row) => row.id, href: (row) => link("dead", row.id) },
  { name: "attempts", title: "Attempts", number: true, text: (row) => count(row.attempts) },
  { name: "crashes", title: "Crashes", number: true, text: (row) => count(row.crashes) },
  { name: "finished", title: "Died", number: true, phone: "side", text: (row) => relative(epoch(row.finished_at), now()), tip: (row) => stamp(epoch(row.finished_at)) },
  { name: "ran", title: "Ran", number: true, phone: "none", text: (row) => span(epoch(row.finished_at) - (epoch(row.started_at) ?? NaN)) },
  { name: "text", title: "Payload", wide: true, phone: "last", text: (row) => (JSON.stringify(row.data) ?? "").slice(0, 256) },
];
