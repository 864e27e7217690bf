// One cell a worker: 300 of them are read at a glance.

import { element, mark } from "../element.js";
import { now } from "../clock.js";
import { link } from "../router.js";
import { look } from "../states.js";
import { plural, span } from "../words.js";

/** Cells of these workers, kept by key and changed in place. */
export class Cells {
  constructor(label) {
    this.node = element("div.cells", { role: "group", "aria-label": label });
    this._cells = new Map();
  }

  draw(workers, wanting = 0) {
    this.node.classList.toggle("many", workers.length > 60);
    const wanted = new Set(workers.map((one) => one.key));
    for (const [key, cell] of this._cells) {
      if (!wanted.has(key)) {
        cell.remove();
        this._cells.delete(key);
      }
    }
    workers.forEach((worker, at) => {
      const cell = this._cells.get(worker.key) ?? this._make(worker);
      show(cell, worker);
      if (this.node.children[at] !== cell) this.node.insertBefore(cell, this.node.children[at] ?? null);
    });
    this._want(Math.max(0, Math.min(wanting, 100)));
  }

  /** Places whose worker is missing. */
  _want(missing) {
    const there = this.node.querySelectorAll(".wanting");
    for (const one of [...there].slice(missing)) one.remove();
    for (let n = there.length; n < missing; n += 1) {
      this.node.append(element("a.wanting", { title: "wanted, not there", "aria-label": "wanted, not there", role: "img" }));
    }
  }

  _make(worker) {
    const cell = element("a", { "data-key": worker.key });
    this._cells.set(worker.key, cell);
    return cell;
  }
}

function show(cell, worker) {
  mark(cell, "href", worker.job ? link("jobs", worker.job) : link("workers", null, { worker: worker.name }));
  mark(cell, "data-tone", look(worker.state).tone);
  mark(cell, "data-at", worker.state);
  const doing = worker.job ? `: ${worker.type || "job"} ${worker.job}, for ${span(Math.max(0, Math.floor(now() - worker.since)))}` : "";
  const said = `${worker.name ?? worker.key} ${look(worker.state).word}${doing}`;
  mark(cell, "title", said);
  mark(cell, "aria-label", `${worker.name ?? worker.key} ${look(worker.state).word}`);
}

/** "61 busy, 3 idle" */
export function tally(workers) {
  const counts = new Map();
  for (const { state } of workers) counts.set(state, (counts.get(state) ?? 0) + 1);
  return [...counts].sort((a, b) => b[1] - a[1]).map(([state, n]) => `${n} ${look(state).word}`).join(", ") || plural(0, "worker");
}
