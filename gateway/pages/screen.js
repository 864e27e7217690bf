// What a screen works with while it is open: subscriptions, timers and listeners that end with it.

import { draw } from "./draw.js";
import { Refused, get } from "./http.js";

export class Screen {
  constructor({ feed, router, keys, route, main }) {
    Object.assign(this, { feed, router, keys, route, main });
    this._ends = [];
    this.open = true;
  }

  /**
   * Subscribe to a topic for as long as the screen is open. `show(rows)` is called before the next frame after each
   * change; errors go to the panel.
   */
  watch(topic, args, panel, show) {
    const paint = () => {
      if (!this.open || !sub.rows.cols.length) return;
      panel?.ready();
      show(sub.rows);
    };
    const sub = this.feed.subscribe(topic, args, () => draw(paint), (error) => this.open && panel?.failed(error));
    this.onClose(() => sub.close());
    return { rows: sub.rows, change: sub.change, paint };
  }

  /** Call this each second while the screen is open, for what counts up. */
  eachSecond(work) {
    this.onClose(this.feed.listen((kind) => kind === "second" && draw(work)));
  }

  /** Call this now and then again, each so many seconds, as long as the screen is open and its tab is seen. */
  repeat(seconds, work) {
    work();
    const timer = setInterval(() => !document.hidden && work(), seconds * 1000);
    this.onClose(() => clearInterval(timer));
  }

  /** GET for a panel: its JSON to `show`, its failure into the panel. */
  async read(path, panel, show) {
    try {
      const said = await get(path);
      if (!this.open) return;
      panel.ready();
      show(said);
    } catch (error) {
      if (!(error instanceof Refused)) console.error(error);
      if (this.open) panel.failed(error, () => this.read(path, panel, show));
    }
  }

  onClose(end) {
    this._ends.push(end);
  }

  close() {
    this.open = false;
    for (const end of this._ends.splice(0)) end();
  }
}
