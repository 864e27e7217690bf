// A table of keyed rows that touches only the cells that changed.
//
// A column: {name, title, text(row)} or {name, title, sign(row), fill(cell, row)}; further `number`, `tip(row)`,
// `href(row)`, `tone(row)`, `mono`, `phone`: "main", "side", "line" (the default) or "none".

import { element, mark, put } from "../element.js";

export class Table {
  constructor({ columns, label, href, acts, marks = false, onMark = () => {}, actsBelow = false }) {
    this.columns = columns;
    this._href = href;
    this._acts = acts;
    this._marks = marks;
    this._onMark = onMark;
    this._lines = new Map();
    this.marked = new Set();
    this.body = element("tbody");
    const heads = columns.map((one) => element("th", { scope: "col", role: "columnheader", class: classes(one) }, one.title));
    if (marks) heads.unshift(element("th.tickbox", { scope: "col", role: "columnheader" }, this._all()));
    if (acts) heads.push(element("th.actcell", { scope: "col", role: "columnheader" }, element("span.unseen", null, "Acts")));
    this.table = element(
      "table",
      { "aria-label": label, role: "table", class: actsBelow ? "acts-below" : "" },
      element("thead", { role: "rowgroup" }, element("tr", { role: "row" }, heads)),
      this.body,
    );
    this.body.setAttribute("role", "rowgroup");
    this.node = element("div.scroll", { tabindex: "-1" }, this.table);
  }

  /** Show these rows, in this order. */
  draw(rows) {
    const wanted = new Set(rows.map((row) => row.key));
    for (const [key, line] of this._lines) {
      if (wanted.has(key)) continue;
      line.node.remove();
      this._lines.delete(key);
      if (this.marked.delete(key)) this._onMark(this.marked);
    }
    let before = this.body.firstChild;
    for (const row of rows) {
      const line = this._lines.get(row.key) ?? this._make(row);
      this._update(line, row);
      if (line.node === before) before = before.nextSibling;
      else this.body.insertBefore(line.node, before);
    }
  }

  /** The rows' nodes, as they stand. */
  lines() {
    return [...this.body.children];
  }

  /** Take all ticks away. */
  clear() {
    this.marked.clear();
    for (const { box } of this._lines.values()) if (box) box.checked = false;
    if (this._every) this._every.checked = false;
    this._onMark(this.marked);
  }

  _all() {
    this._every = element("input", { type: "checkbox", "aria-label": "Mark all rows shown" });
    this._every.addEventListener("change", () => {
      for (const [key, { box }] of this._lines) {
        box.checked = this._every.checked;
        this.marked[box.checked ? "add" : "delete"](key);
      }
      this._onMark(this.marked);
    });
    return this._every;
  }

  _make(row) {
    const line = { cells: [], row, acts: null };
    line.node = element("tr", { role: "row", tabindex: "-1", "data-key": row.key });
    if (this._marks) line.node.append(this._tick(line));
    for (const column of this.columns) {
      const link = column.href ? element("a") : null;
      const cell = element("td", { role: "cell", class: classes(column), "data-title": column.title }, link);
      line.cells.push({ cell, place: link ?? cell, sign: undefined });
      line.node.append(cell);
    }
    if (this._acts) {
      line.acts = element("td.actcell", { role: "cell" }, this._acts(row, () => line.row));
      line.node.append(line.acts);
    }
    if (this._href) line.node.addEventListener("click", (event) => this._opened(event, line));
    this._lines.set(row.key, line);
    return line;
  }

  _tick(line) {
    line.box = element("input", { type: "checkbox", "aria-label": `Mark ${line.row.key}` });
    line.box.addEventListener("change", () => {
      this.marked[line.box.checked ? "add" : "delete"](line.row.key);
      this._onMark(this.marked);
    });
    return element("td.tickbox", { role: "cell" }, line.box);
  }

  _update(line, row) {
    line.row = row;
    this.columns.forEach((column, at) => {
      const seen = line.cells[at];
      const sign = column.sign ? column.sign(row) : column.text(row);
      const full = column.href ? `${sign}\u0000${column.href(row) ?? ""}` : sign;
      if (full !== seen.sign) {
        seen.sign = full;
        if (column.href) mark(seen.place, "href", column.href(row));
        if (column.fill) column.fill(seen.place, row);
        else put(seen.place, sign);
      }
      if (column.tip) mark(seen.cell, "title", column.tip(row));
      mark(seen.cell, "data-zero", column.number && (sign === "0" || sign === "–" || sign === "0/s"));
      if (column.tone) mark(seen.cell, "data-tone", column.tone(row));
    });
    if (this._href) line.node.classList.add("opens");
  }

  /** A press anywhere on the row opens it, except on what acts by itself or while text is being selected. */
  _opened(event, line) {
    if (event.target.closest("a, button, input, label, summary") || String(getSelection())) return;
    line.node.querySelector("a[href]")?.click();
  }
}

const classes = (column) =>
  [column.number && "number", column.mono && "mono", column.wide && "wide", `c-${column.name}`, `phone-${column.phone ?? "line"}`]
    .filter(Boolean)
    .join(" ");
