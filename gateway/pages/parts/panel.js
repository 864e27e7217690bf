// A panel: a title, acts, a body, and its own troubles; what fails here fails here only.

import { element, fill, put } from "../element.js";
import { icon } from "./icons.js";

let numbers = 0;

export class Panel {
  constructor(title, { acts = [], note = "", kind = "", plain = false } = {}) {
    const id = `p${++numbers}`;
    this.title = element("h2", { id }, title);
    this.note = element("span.note", null, note);
    this.acts = element("div.acts", null, acts);
    this.body = element("div.body");
    this.trouble = element("div.trouble", { role: "alert", hidden: true });
    this.node = element(
      `section.panel${kind ? `.${kind}` : ""}`,
      { "aria-labelledby": id },
      element(plain ? "header.unseen" : "header", null, this.title, this.note, this.acts),
      this.trouble,
      this.body,
    );
    this.wait();
  }

  /** Say that the first figures are on their way. */
  wait() {
    this.node.setAttribute("aria-busy", "true");
    fill(this.body, element("p.waiting", null, "Reading…"));
    this._waits = true;
  }

  /** Show this instead of what is there. */
  show(...nodes) {
    this.ready();
    fill(this.body, ...nodes);
  }

  /** The figures came: no trouble any more. */
  ready() {
    if (this._waits) fill(this.body);
    this._waits = false;
    this.node.removeAttribute("aria-busy");
    this.node.classList.remove("stale");
    this.trouble.hidden = true;
  }

  /** Say what went wrong; what was shown before stays, and turns grey. */
  failed(error, again) {
    if (this._waits) fill(this.body);
    this._waits = false;
    this.node.removeAttribute("aria-busy");
    this.node.classList.add("stale");
    const comesBack = error.retry ? " It is tried again by itself." : "";
    fill(
      this.trouble,
      icon("warn"),
      element("p", null, sentence(error.text ?? error.message ?? String(error)) + comesBack),
      again && element("button.small", { type: "button", on: { click: again } }, "Try again"),
    );
    this.trouble.hidden = false;
  }

  say(text) {
    put(this.note, text);
  }
}

/** Why there is nothing to see, and what to do next; `command` can be copied. */
export function empty(why, what, command) {
  return element(
    "div.empty",
    null,
    element("p.why", null, why),
    what && element("p", null, what),
    command && element("pre.command", { tabindex: "0", "aria-label": "command" }, element("code", null, command)),
  );
}

const sentence = (text) => text.charAt(0).toUpperCase() + text.slice(1) + (/[.!?]$/.test(text) ? "" : ".");
