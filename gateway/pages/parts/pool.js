// A pool: how many workers it wants and has, a cell for each, and what can be done with it.

import { ADMIN, reloadPool, restartPool, scalePool } from "../acts.js";
import { element, fill, mark, put } from "../element.js";
import { look } from "../states.js";
import { bytes, plural } from "../words.js";
import { badge, putBadge } from "./badge.js";
import { Cells, tally } from "./cells.js";
import { cancelButton, foot, open } from "./dialog.js";
import { button } from "./menu.js";
import { Panel } from "./panel.js";
import { field } from "./submit.js";

/** What a pool is up to, in one word of a state. */
export function poolState(pool) {
  if (pool.stopped) return "stopped";
  if (pool.error) return "failed";
  if (pool.rolling) return "rolling";
  return pool.running < pool.desired ? "short" : "ok";
}

export const ofPool = (workers, name) => workers.filter((one) => one.pool === name).sort((a, b) => a.slot - b.slot);

/** A pool in a few lines, for the overview. */
export function poolSummary(pool, workers) {
  const cells = new Cells(`Workers of ${pool.name}`);
  const own = ofPool(workers, pool.name);
  cells.draw(own, pool.desired - own.length);
  return element(
    "div.pool",
    null,
    element("div.line", null, element("b", null, pool.name), element("span", null, `${pool.running} of ${pool.desired}`), element("span", null, bytes(pool.rss)), badge(poolState(pool))),
    cells.node,
  );
}

/** A pool with its acts, kept up to date by `draw(pool, workers)`. */
export class PoolCard {
  constructor(pool) {
    this._pool = pool;
    this._state = element("span");
    this.panel = new Panel(pool.name, { acts: this._acts() });
    this.panel.title.after(this._state);
    this._counts = element("p.counts");
    this._line = element("p.line");
    this._problem = element("p.problem");
    this._cells = new Cells(`Workers of ${pool.name}`);
    this.panel.show(
      element("div.pool", null, element("div.line", null, this._counts, this._stepper()), this._cells.node, this._problem, this._line),
    );
    this.node = this.panel.node;
  }

  draw(pool, workers) {
    this._pool = pool;
    const own = ofPool(workers, pool.name);
    putBadge(this._state, poolState(pool), stateWord(pool));
    fill(this._counts, pool.running, element("small", null, ` of ${pool.desired} wanted`));
    put(this._wanted, pool.desired);
    put(this._problem, pool.error || "");
    this._problem.hidden = !pool.error;
    put(this._line, [tally(own), bytes(pool.rss), `generation ${pool.generation}`, plural(pool.restarts, "restart"), bounds(pool)].filter(Boolean).join(" · "));
    this._cells.draw(own, pool.desired - own.length);
    mark(this.node, "data-pool", pool.name);
  }

  _stepper() {
    const step = (by) => () => scalePool(this._pool.name, by);
    this._wanted = element("span");
    const set = element("button.small.wanted", { type: "button", title: "Set the number", "aria-label": "Set the number of workers", on: { click: () => this._ask() } }, this._wanted);
    return element(
      "span.stepper",
      { role: "group", "aria-label": `Scale ${this._pool.name}` },
      button({ text: "One worker less", icon: "minus", only: true, right: ADMIN, run: step("-1") }),
      set,
      button({ text: "One worker more", icon: "plus", only: true, right: ADMIN, run: step("+1") }),
    );
  }

  _acts() {
    return [
      button({ text: "Reload", icon: "reload", right: ADMIN, title: "Replace its workers one after another, with no job lost", run: () => reloadPool(this._pool.name) }),
      button({ text: "Restart", right: ADMIN, kind: "danger", title: "Replace all its workers at once", run: () => restartPool(this._pool.name) }),
    ];
  }

  async _ask() {
    const wanted = await open(`Scale pool ${this._pool.name}`, (close) => {
      const box = element("input", { type: "text", inputmode: "numeric", pattern: "[0-9]{1,4}|[+\\-][0-9]{1,4}|max", required: true, value: this._pool.desired, "data-focus": true });
      const form = element("form", { method: "dialog" }, field("Workers", box, "a number, +2, -1, or max"), foot(cancelButton(close, false), element("button.primary", { type: "submit" }, "Scale")));
      form.addEventListener("submit", (event) => (event.preventDefault(), close(box.value)));
      return form;
    });
    if (wanted !== undefined) await scalePool(this._pool.name, wanted.trim());
  }
}

function stateWord(pool) {
  const rollout = pool.rollout;
  if (pool.rolling && rollout?.workers) return `rolling ${rollout.replaced} of ${rollout.workers}`;
  return look(poolState(pool)).word;
}

const bounds = (pool) => (pool.min !== null && pool.min !== undefined && pool.max ? `scales itself ${pool.min} to ${pool.max}` : "");
