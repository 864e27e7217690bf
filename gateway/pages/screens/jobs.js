// Jobs by a filter: a window of 50 rows that does not move under the cursor.

import { ADMIN, SUBMIT, act, cancelJob } from "../acts.js";
import { element, fill, mark, put } from "../element.js";
import { filterText, parseFilter } from "../filter.js";
import { path } from "../http.js";
import { HeldRows } from "../parts/held_rows.js";
import { icon } from "../parts/icons.js";
import { jobColumns, workerNames } from "../parts/job_columns.js";
import { button, menu } from "../parts/menu.js";
import { Panel, empty } from "../parts/panel.js";
import { submitForm } from "../parts/submit.js";
import { Table } from "../parts/table.js";
import { jobMenu } from "../parts/job_acts.js";
import { confirm } from "../parts/dialog.js";
import { link } from "../router.js";
import { JOB_STATES, look } from "../states.js";
import { count, plural } from "../words.js";

const WINDOW = 50;
/** Windows without a match that are passed over before it is left to the person to go on. */
const STEPS = 20;

export function jobs(screen) {
  return new JobList(screen).node;
}

class JobList {
  constructor(screen) {
    this.screen = screen;
    this.held = new HeldRows();
    this.steps = 0;
    this.cursor = screen.route.query.get("cursor") ?? "";
    this.filter = parseFilter(screen.route.query.get("q") ?? "state:processing");
    this.panel = new Panel("Jobs", { kind: "flush", plain: true });
    this.newcomers = element("button", { type: "button", on: { click: () => this.refresh() } });
    this.newLine = element("div.newcomers", { hidden: true }, this.newcomers);
    this.marks = element("div.marked", { hidden: true });
    this.below = element("div.below-table");
    this.table = new Table({
      columns: jobColumns({ state: this.filter.state }),
      label: "Jobs",
      href: true,
      marks: true,
      onMark: (marked) => this.showMarks(marked),
      acts: (_, row) => menu(`Acts of job ${row().key}`, () => jobMenu(row(), screen)),
    });
    this.error = element("p.filtererror", { role: "alert" });
    this.node = this.build();
    this.names = workerNames(screen);
    this.sub = screen.watch("jobs", this.args(), this.panel, (rows) => this.show(rows));
    screen.eachSecond(() => this.sub.paint());
    this.check();
  }

  build() {
    const submit = button({ text: "Submit a job", icon: "plus", right: SUBMIT, small: false, run: () => submitForm((to) => this.screen.router.go(to), { queue: this.filter.queue, type: this.filter.type }) });
    const list = element("div", null, this.marks, this.newLine, this.table.node, this.below);
    this.list = list;
    this.over = false;
    this.table.node.addEventListener("pointerenter", (event) => event.pointerType === "mouse" && (this.over = true));
    this.table.node.addEventListener("pointerleave", () => (this.over = false));
    return element("div", null, element("div.head", null, element("h1", null, "Jobs"), element("div.acts", null, submit)), element("div.filterline", null, this.searchBox()), this.error, this.chips(), this.panel.node);
  }

  searchBox() {
    const input = element("input", { type: "search", value: filterText(this.filter), placeholder: "state:dead queue:mail type:send-email, or an id", "aria-label": "Filter of jobs", autocomplete: "off", spellcheck: "false" });
    const form = element("form.searchbox", { role: "search" }, icon("search"), input, element("kbd", { "aria-hidden": "true" }, "/"));
    form.addEventListener("submit", (event) => {
      event.preventDefault();
      const wanted = parseFilter(input.value);
      if (wanted.id) this.screen.router.go(link("jobs", wanted.id));
      else if (wanted.error) this.check(wanted);
      else this.screen.router.go(link("jobs", null, { q: filterText(wanted) || "all" }));
    });
    return form;
  }

  chips() {
    const base = { queue: this.filter.queue, type: this.filter.type };
    const chip = (state, word) =>
      element("a.chip", { href: link("jobs", null, { q: filterText({ ...base, state }) || "all" }), "aria-current": String(this.filter.state === state) }, word);
    const states = JOB_STATES.map((state) => chip(state, element(`span.state.tone-${look(state).tone}`, null, icon(look(state).icon), look(state).word)));
    const narrow = ["queue", "type"].filter((name) => base[name]).map((name) =>
      element("a.chip", { href: link("jobs", null, { q: filterText({ ...this.filter, [name]: "" }) || "all" }), "aria-current": "true", "aria-label": `Without ${name}:${base[name]}` }, `${name}: ${base[name]}`, icon("cross")),
    );
    return element("nav.chips.filterline", { "aria-label": "Jobs by state" }, chip("", "all"), states, narrow);
  }

  check(filter = this.filter) {
    put(this.error, filter.error ? `${filter.error}.` : "");
    this.error.hidden = !filter.error;
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

  showMarks(marked) {
    this.marks.hidden = marked.size === 0;
    if (!marked.size) return;
    const each = (text, what, kind) => button({ text, kind, right: ADMIN, run: () => this.all([...marked], what, text) });
    fill(
      this.marks,
      element("b", null, `${count(marked.size)} marked`),
      this.filter.state === "dead" ? each("Retry", (id) => act("POST", path`/dlq/${id}/retry`, undefined, `${id} is back in its queue`)) : each("Cancel them", (id) => cancelJob(id, false), "danger"),
      button({ text: "Unmark", run: () => this.table.clear() }),
    );
  }

  async all(ids, what, text) {
    const sure = ids.length < 2 || (await confirm({ title: `${text}: ${plural(ids.length, "job")}?`, text: "Those that have gone on in the meantime are left alone.", yes: text, danger: false }));
    if (!sure) return;
    for (const id of ids) await what(id);
    this.table.clear();
  }
}

function nothing(filter) {
  const where = filterText(filter);
  if (filter.state === "processing") return empty("Nothing runs right now", "A job stands here while a worker has it in hand.");
  return empty(where ? `No job matches ${where}` : "There are no jobs", "Finished jobs are listed for as long as their record is kept.", where ? null : "python -m engine -c config.yaml enqueue uppercase '\"hello\"'");
}
