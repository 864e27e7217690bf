// The few totals at the top of a screen: name, value, a line below; each a link to what is behind it.

import { element, mark, put } from "../element.js";

export class Figures {
  /** `wanted`: [{id, name, href}]; the values come by `set`. */
  constructor(wanted, label) {
    this._parts = new Map();
    this.node = element("div.figures", { role: "group", "aria-label": label });
    for (const one of wanted) this.node.append(this._make(one));
  }

  /** Show a value, what stands below it, the exact value, and a tone where a person should look. */
  set(id, value, { below = "", title = null, tone = null, href } = {}) {
    const part = this._parts.get(id);
    put(part.value, value);
    put(part.below, below);
    mark(part.node, "title", title);
    mark(part.node, "data-tone", tone);
    if (href !== undefined) mark(part.node, "href", href);
  }

  _make({ id, name, href }) {
    const [value, below] = [element("span.value", null, "–"), element("span.below")];
    const node = element(href ? "a.figure" : "div.figure", href ? { href, "data-figure": id } : { "data-figure": id }, element("span.name", null, name), value, below);
    this._parts.set(id, { node, value, below });
    return node;
  }
}
