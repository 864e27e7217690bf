// A small line chart: up to six lines over time, a cross under the pointer or the arrow keys, and the same as a table.

import { element, fill, mark, shape } from "../element.js";
import { clock, minute } from "../words.js";
import { icon } from "./icons.js";
import { Panel } from "./panel.js";

const HEIGHT = 132;
const PAD = { top: 8, right: 6, bottom: 20, left: 44 };

export class Chart {
  /** `lines`: [{name, tone, dashed, area}]; `format(value)` says a value; `title` names it. */
  constructor({ title, lines, format, note = "" }) {
    this._lines = lines;
    this._format = format;
    this._title = title;
    this._at = null;
    this._asTable = false;
    this._drawing = shape("svg.chart", { role: "img", tabindex: "0" });
    this._tip = element("div.tip", { hidden: true });
    this._key = element("div.keyline");
    this._box = element("div.chartbox", null, this._key, this._drawing, this._tip);
    this._toggle = element("button.bare.small.only", { type: "button", "aria-label": `${title} as a table`, "aria-pressed": "false", title: "As a table" }, icon("table"));
    this._toggle.addEventListener("click", () => this._turn());
    this.panel = new Panel(title, { acts: [this._toggle], note });
    this.node = this.panel.node;
    this._follow();
    new ResizeObserver(() => this._shown && this._paint()).observe(this._box);
  }

  /** Show `{times: [epoch], values: [[number | null] a line], from, to}`. */
  draw(data) {
    this._data = data;
    this._shown = true;
    if (this._asTable) this.panel.show(this._table());
    else {
      if (this._box.parentNode !== this.panel.body) this.panel.show(this._box);
      this.panel.ready();
      this._paint();
    }
  }

  failed(error, again) {
    this.panel.failed(error, again);
  }

  _turn() {
    this._asTable = !this._asTable;
    mark(this._toggle, "aria-pressed", String(this._asTable));
    if (this._shown) this.draw(this._data);
  }

  _paint() {
    const width = this._box.clientWidth;
    if (!width) return;
    const { times, values, from, to } = this._data;
    const top = niceTop(Math.max(0, ...values.flat().filter((one) => one !== null)));
    this._x = (at) => PAD.left + ((at - from) / (to - from || 1)) * (width - PAD.left - PAD.right);
    this._y = (value) => HEIGHT - PAD.bottom - (value / top) * (HEIGHT - PAD.top - PAD.bottom);
    mark(this._drawing, "viewBox", `0 0 ${width} ${HEIGHT}`);
    mark(this._drawing, "aria-label", `${this._title}: ${this._spoken()}`);
    this._cross = shape("g");
    const some = values.some((line) => line.some((one) => one !== null));
    fill(this._drawing, this._grid(top, width), this._times(from, to, width), some ? this._curves(times, values) : this._nothing(width), this._cross);
    this._legend();
    if (this._at !== null) this._point(this._at);
  }

  _grid(top, width) {
    return [0, 0.5, 1].map((share) => [
      shape(`line.grid${share === 0 ? ".base" : ""}`, { x1: PAD.left, x2: width - PAD.right, y1: this._y(top * share), y2: this._y(top * share) }),
      shape("text", { x: PAD.left - 8, y: this._y(top * share) + 4, "text-anchor": "end" }, this._format(top * share)),
    ]);
  }

  _times(from, to, width) {
    const pieces = width > 320 ? 4 : 2;
    return Array.from({ length: pieces + 1 }, (_, at) => {
      const when = from + ((to - from) * at) / pieces;
      const anchor = at === 0 ? "start" : at === pieces ? "end" : "middle";
      return shape("text", { x: this._x(when), y: HEIGHT - 4, "text-anchor": anchor }, minute(when));
    });
  }

  _nothing(width) {
    return shape("text.nothing", { x: (PAD.left + width) / 2, y: HEIGHT / 2 - 6, "text-anchor": "middle" }, "Nothing in this time");
  }

  /** A line a series; where nothing was measured there is a gap. */
  _curves(times, values) {
    return this._lines.map((line, at) => {
      const runs = pieces(times, values[at] ?? []);
      return shape(
        `g.tone-${line.tone}`,
        null,
        line.area && runs.map((run) => shape("path.area", { d: this._area(run) })),
        runs.map((run) => shape(`path.line${line.dashed ? ".dashed" : ""}`, { d: this._path(run) })),
        runs.filter((run) => run.length === 1).map(([[at1, value]]) => shape("circle.dot", { cx: this._x(at1), cy: this._y(value), r: 3 })),
      );
    });
  }

  _path = (run) => run.map(([at, value], n) => `${n ? "L" : "M"}${this._x(at).toFixed(1)} ${this._y(value).toFixed(1)}`).join("");

  _area = (run) => `${this._path(run)}V${this._y(0)}H${this._x(run[0][0]).toFixed(1)}Z`;

  _legend() {
    fill(
      this._key,
      this._lines.map((line, at) =>
        element(`span.tone-${line.tone}`, null, element(line.dashed ? "i.dashed" : "i"), line.name, element("b", null, this._format(last(this._data.values[at])))),
      ),
    );
  }

  _spoken() {
    return this._lines.map((line, at) => `${line.name} ${this._format(last(this._data.values[at]))}`).join(", ") + "; a table is behind the button";
  }

  _follow() {
    const leave = () => this._point(null);
    this._drawing.addEventListener("pointermove", (event) => this._point(this._nearest(event)));
    this._drawing.addEventListener("pointerleave", leave);
    this._drawing.addEventListener("blur", leave);
    this._drawing.addEventListener("keydown", (event) => {
      if (!this._data || !["ArrowLeft", "ArrowRight"].includes(event.key)) return;
      event.preventDefault();
      const end = this._data.times.length - 1;
      this._point(Math.max(0, Math.min(end, (this._at ?? end) + (event.key === "ArrowLeft" ? -1 : 1))));
    });
  }

  _nearest(event) {
    if (!this._data?.times.length) return null;
    const x = event.clientX - this._drawing.getBoundingClientRect().left;
    const away = this._data.times.map((at) => Math.abs(this._x(at) - x));
    return away.indexOf(Math.min(...away));
  }

  _point(at) {
    this._at = at;
    const { times, values } = this._data ?? { times: [] };
    this._tip.hidden = at === null || times[at] === undefined;
    fill(this._cross ?? shape("g"));
    if (this._tip.hidden) return;
    const x = this._x(times[at]);
    this._cross.append(shape("line.cross", { x1: x, x2: x, y1: PAD.top, y2: HEIGHT - PAD.bottom }));
    this._lines.forEach((line, n) => {
      const value = values[n][at];
      if (value !== null) this._cross.append(shape(`circle.dot.tone-${line.tone}`, { cx: x, cy: this._y(value), r: 3.5 }));
    });
    fill(this._tip, element("b", null, clock(times[at])), this._lines.map((line, n) => this._said(line, values[n][at])));
    const right = x > this._box.clientWidth / 2;
    this._tip.style.setProperty("left", right ? "auto" : `${x + 12}px`);
    this._tip.style.setProperty("right", right ? `${this._box.clientWidth - x + 12}px` : "auto");
  }

  _said(line, value) {
    const name = element("span", null, element(`i.tone-${line.tone}`), line.name);
    return element("p", null, name, element("b", null, value === null ? "–" : this._format(value)));
  }

  _table() {
    const { times, values } = this._data;
    const body = element("tbody");
    times.map((at, n) => n).reverse().forEach((n) => {
      const cells = values.map((line) => element("td.number", null, line[n] === null ? "–" : this._format(line[n])));
      body.append(element("tr", null, element("td", null, clock(times[n])), cells));
    });
    const heads = ["time", ...this._lines.map((line) => line.name)].map((name, at) => element(at ? "th.number" : "th", { scope: "col" }, name));
    return element("div.chartdata", { tabindex: "0", role: "region", "aria-label": this._title }, element("table", null, element("thead", null, element("tr", null, heads)), body));
  }
}

const last = (values) => values?.findLast((one) => one !== null) ?? null;

/** Runs of points without a gap. */
export function pieces(times, values) {
  const runs = [];
  let run = null;
  values.forEach((value, at) => {
    if (value === null || value === undefined) run = null;
    else if (run) run.push([times[at], value]);
    else runs.push((run = [[times[at], value]]));
  });
  return runs;
}

/** A round number not below the highest value. */
export function niceTop(highest) {
  if (!(highest > 0)) return 1;
  const size = 10 ** Math.floor(Math.log10(highest));
  return [1, 2, 3, 4, 5, 6, 8, 10].map((one) => one * size).find((one) => one >= highest * 0.999);
}

/** A line without axes, for a table's cell. */
export function spark(place, values, tone) {
  const highest = Math.max(...values, 1e-9);
  const points = values.map((value, at) => `${((at / Math.max(1, values.length - 1)) * 84).toFixed(1)} ${(19 - (value / highest) * 17).toFixed(1)}`);
  const line = `M${points.join("L")}`;
  fill(place, shape(`svg.spark.tone-${tone}`, { viewBox: "0 0 84 20", "aria-hidden": "true" }, shape("path.area", { d: `${line}V20H0Z` }), shape("path", { d: line })));
}
