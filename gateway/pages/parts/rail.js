// The rail at the left (a bar at the bottom of a phone): the screens, and how much there is of each.

import { draw } from "../draw.js";
import { element, fill, mark, put } from "../element.js";
import { link } from "../router.js";
import { screens } from "../screens/all.js";
import { onSession } from "../session.js";
import { count, exact } from "../words.js";
import { icon } from "./icons.js";

const COUNTS = {
  jobs: (rows) => rows.value("processing"),
  dead: (rows) => rows.value("dead"),
  queues: (rows) => rows.value("pending"),
  workers: (rows) => rows.value("workers"),
};
const MEANS = { jobs: "running", dead: "dead letters", queues: "pending", workers: "workers" };

export class Rail {
  constructor() {
    this._links = new Map();
    for (const [name, screen] of Object.entries(screens)) {
      const number = element("span.number");
      const anchor = element("a", { href: link(name), "data-screen": name }, icon(name), element("span.word", null, screen.title), number);
      this._links.set(name, { anchor, number });
    }
    this._below = element("p.below");
    onSession(() => this._open());
    this._open();
    fill(document.getElementById("rail"), [...this._links.values()].map((one) => one.anchor), this._below);
  }

  /** What is closed to who sits here is not offered. */
  _open() {
    for (const [name, { anchor }] of this._links) anchor.hidden = screens[name].shown?.() === false;
  }

  /** The screen that is open. */
  at(name) {
    for (const [one, { anchor }] of this._links) mark(anchor, "aria-current", one === name ? "page" : null);
  }

  figures(rows) {
    draw(() => {
      for (const [name, value] of Object.entries(COUNTS)) {
        const { anchor, number } = this._links.get(name);
        const known = value(rows);
        put(number, known ? count(known) : "");
        mark(number, "title", known ? `${exact(known)} ${MEANS[name]}` : null);
        if (name === "dead") mark(anchor, "data-tone", known ? "dead" : null);
      }
      put(this._below, rows.value("store_version"));
    });
  }
}
