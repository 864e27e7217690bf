// Jobs by a search: step after step until a window is full, then it is left to the person to go on.

import { ADMIN } from "../acts.js";
import { actOnAll } from "../act_on_all.js";
import { element, fill, put } from "../element.js";
import { get, query } from "../http.js";
import { isLimited, session } from "../session.js";
import { exact } from "../words.js";
import { jobMenu } from "./job_acts.js";
import { jobColumns, workerNames } from "./job_columns.js";
import { jobMarks } from "./job_marks.js";
import { button, menu } from "./menu.js";
import { Panel, empty } from "./panel.js";
import { Table } from "./table.js";

const WINDOW = 50;
/** Rows in the page; beyond them a new page begins. */
const MOST = 500;
/** Steps that are taken by themselves: a hundred thousand jobs. */
const STEPS = 20;

export class FoundJobs {
  constructor(screen, { text, filter, refused }) {
    this.screen = screen;
    this.text = text;
    this.filter = filter;
    this.refused = refused;
    this.rows = new Map();
    this.cursor = null;
    this.panel = new Panel("Jobs found", { kind: "flush", plain: true });
    this.below = element("div.below-table");
    this.said = element("p.lookedat", { role: "status" });
    this.buttons = element("span.end");
    this.table = new Table({
      columns: jobColumns(),
      label: "Jobs found",
      href: true,
      marks: true,
      onMark: (marked) => this.marks.show(marked),
      acts: (_, row) => menu(`Acts of job ${row().key}`, () => jobMenu(row(), screen)),
    });
    this.marks = jobMarks({ row: (key) => this.rows.get(key), clear: () => this.table.clear() });
    this.names = workerNames(screen);
    fill(this.below, this.buttons);
    screen.eachSecond(() => this.table.draw([...this.rows.values()].map(this.names)));
    screen.onClose(() => (this.stopped = true));
    this.goOn();
  }

  /** Walk until there is a window more, the end, or nobody wants it any more. */
  async goOn() {
    this.stopped = false;
    if (this.rows.size + WINDOW > MOST) this.rows.clear();
    const wanted = this.rows.size + WINDOW;
    for (let steps = 0; steps < STEPS && !this.stopped && this.rows.size < wanted; steps += 1) {
      if (!(await this.step(wanted - this.rows.size))) return;
      if (!this.cursor) break;
      this.show("looking");
    }
    if (this.screen.open) this.show(this.cursor ? "more" : "end");
  }

  /** What can be done to all that match, by the states of those that were found. */
  acts() {
    const states = new Set([...this.rows.values()].map((one) => one.state));
    const all = (what) => actOnAll(what, { q: this.text, queue: this.queue() }, this.page, (said) => put(this.said, said), () => !this.screen.open).then((done) => done && this.again());
    return [
      (states.has("pending") || states.has("scheduled")) && button({ text: "Cancel all…", icon: "cross", kind: "danger", right: ADMIN, run: () => all("cancel") }),
      states.has("dead") && button({ text: "Retry all…", icon: "again", right: ADMIN, run: () => all("retry") }),
      states.has("dead") && button({ text: "Delete all…", icon: "trash", kind: "danger", right: ADMIN, run: () => all("delete") }),
    ];
  }

  /** From the beginning. */
  again() {
    this.rows.clear();
    this.table.clear();
    this.cursor = null;
    return this.goOn();
  }

  async step(limit) {
    try {
      const where = { q: this.text, queue: this.queue(), limit, cursor: this.cursor, brief: true };
      this.page = await get(`/tasks${query(where)}`);
    } catch (error) {
      if (!this.screen.open) return false;
      if (error.status === 422) this.fail(error);
      else this.panel.failed(error, () => this.goOn());
      return false;
    }
    if (!this.screen.open) return false;
    this.cursor = this.page.cursor;
    for (const task of this.page.tasks) this.rows.set(task.id, row(task));
    return true;
  }

  /** A query that says nothing leaves no panel, but a line under the box. */
  fail(error) {
    this.panel.node.hidden = true;
    this.refused(error.message.replace(/^q: /, ""), error.said?.at);
  }

  /** Whoever is limited to queues must say which one is meant. */
  queue() {
    if (!isLimited()) return "";
    return this.filter.queue || session.queues?.[0] || "";
  }

  show(how) {
    this.panel.ready();
    if (this.below.parentNode?.parentNode !== this.panel.body) fill(this.panel.body, element("div", null, this.said, this.marks.node, this.table.node, this.below));
    this.table.draw([...this.rows.values()].map(this.names));
    this.table.node.hidden = this.rows.size === 0;
    put(this.said, told(this.page, how));
    fill(
      this.buttons,
      how === "looking" ? button({ text: "Stop", icon: "pause", run: () => (this.stopped = true) }) : this.acts(),
      how === "more" && button({ text: "Go on", icon: "right", run: () => this.goOn() }),
    );
    this.below.hidden = how === "end" && !this.rows.size;
    if (this.below.hidden) fill(this.panel.body, empty(`No job matches ${this.text}`, told(this.page, how)));
  }
}

/** How far a search is, in words. */
function told({ looked_at, of, found, method, encrypted, too_long }, how) {
  const all = of !== null && of > looked_at ? ` of about ${exact(of)}` : "";
  const shut = [
    encrypted && `${exact(encrypted)} not searched: encrypted`,
    too_long && `${exact(too_long)} not searched: more than 64 KiB`,
  ];
  const parts = [`Looked at ${exact(looked_at)}${all}`, `${exact(found)} found`, ...shut.filter(Boolean)];
  const more = { looking: "; looking further…", more: "; there may be more" }[how] ?? "";
  return `${parts.join(", ")} (${method})${more}`;
}

/** A row as the live list has it. */
function row(task) {
  const said = task.error ? `${task.error.type}: ${task.error.message}` : String(task.data ?? "");
  return { ...task, key: task.id, state: task.status, text: said.replace(/\s+/g, " ").slice(0, 256) };
}

