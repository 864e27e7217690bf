// Jobs by state, queue and type: a live window of 50 rows that does not move under the cursor.

import { element, fill, mark, put } from "../element.js";
import { filterText } from "../filter.js";
import { plural } from "../words.js";
import { HeldRows } from "./held_rows.js";
import { jobMenu } from "./job_acts.js";
import { jobColumns, workerNames } from "./job_columns.js";
import { jobMarks } from "./job_marks.js";
import { button, menu } from "./menu.js";
import { Panel, empty } from "./panel.js";
import { Table } from "./table.js";

const WINDOW = 50;
/** Windows without a match that are passed over before it is left to the person to go on. */
const STEPS = 20;

export class LiveJobs {
  constructor(screen, filter) {
    this.screen = screen;
    this.filter = filter;
    this.held = new HeldRows();
    this.steps = 0;
    this.cursor = screen.route.query.get("cursor") ?? "";
    this.panel = new Panel("Jobs", { kind: "flush", plain: true });
    this.newcomers = element("button", { type: "button", on: { click: () => this.refresh() } });
    this.newLine = element("div.newcomers", { hidden: true }, this.newcomers);
    this.below = element("div.below-table");
    this.table = new Table({
      columns: jobColumns({ state: filter.state }),
      label: "Jobs",
      href: true,
      marks: true,
      onMark: (marked) => this.marks.show(marked),
      acts: (_, row) => menu(`Acts of job ${row().key}`, () => jobMenu(row(), screen)),
    });
    this.marks = jobMarks({ row: (key) => this.sub.rows.get(key), clear: () => this.table.clear() });
    this.list = element("div", null, this.marks.node, this.newLine, this.table.node, this.below);
    this.over = false;
    this.table.node.addEventListener("pointerenter", (event) => event.pointerType === "mouse" && (this.over = true));
    this.table.node.addEventListener("pointerleave", () => (this.over = false));
    this.names = workerNames(screen);
    this.sub = screen.watch("jobs", this.args(), this.panel, (rows) => this.show(rows));
    screen.eachSecond(() => this.sub.paint());
  }

  args() {
    const { state, queue, type } = this.filter;
    return Object.fromEntries(Object.entries({ state, queue, type, cursor: this.cursor, limit: WINDOW }).filter(([, value]) => value));
  }

  show(rows) {
    if (this.list.parentNode !== this.panel.body) fill(this.panel.body, this.list);
    const focused = this.table.node.contains(document.activeElement);
    const hold = this.over || focused || this.table.marked.size > 0 || !this.list.isConnected;
    const { shown, waiting } = this.held.next(rows.list().map(this.names), hold && !this.wantsNew);
    this.wantsNew = false;
    this.table.draw(shown);
    for (const line of this.table.lines()) mark(line, "data-gone", shown.find((row) => row.key === line.dataset.key)?.gone);
    this.newLine.hidden = waiting === 0;
    put(this.newcomers, `${waiting} new: show`);
    this.table.node.hidden = shown.length === 0;
    this.foot(shown.length, rows.more);
  }

  refresh() {
    this.wantsNew = true;
    this.table.clear();
    this.sub.paint();
  }

  foot(shown, more) {
    const sign = `${shown} ${more} ${this.cursor}`;
    if (this.below.sign === sign) return;
    this.below.sign = sign;
    if (!shown && more && this.steps < STEPS) {
      this.steps += 1;
      fill(this.below, element("span", null, "None among those looked at so far: looking further…"));
      this.page(more, false);
      return;
    }
    if (!shown && !this.cursor) {
      fill(this.below, nothing(this.filter));
      return;
    }
    fill(
      this.below,
      element("span", null, more || this.cursor ? `${plural(shown, "job")} of more; counts stand on the overview` : plural(shown, "job")),
      element(
        "span.end",
        null,
        this.cursor && button({ text: "Back to the first", icon: "left", run: () => this.page("") }),
        more && button({ text: `Next ${WINDOW}`, icon: "right", run: () => this.page(more) }),
      ),
    );
  }

  page(cursor, asked = true) {
    this.cursor = cursor;
    if (asked) this.steps = 0;
    this.screen.router.note({ cursor });
    this.held.forget();
    this.table.clear();
    this.sub.change(this.args());
    if (asked) scrollTo(0, 0);
  }
}

function nothing(filter) {
  const where = filterText(filter);
  if (filter.state === "processing") return empty("Nothing runs right now", "A job stands here while a worker has it in hand.");
  return empty(where ? `No job matches ${where}` : "There are no jobs", "Finished jobs are listed for as long as their record is kept.", where ? null : "python -m engine -c config.yaml enqueue uppercase '\"hello\"'");
}
