// A value as a tree, as text, or copied. Built of text nodes only: what jobs carry is hostile until proved otherwise.

import { element, fill } from "../element.js";
import { button } from "./menu.js";
import { done, failed } from "./say.js";

const SHOWN = 64 * 1024;
const CHILDREN = 200;

/** The value with its three ways to see it. */
export function jsonView(value, label) {
  const raw = JSON.stringify(value, null, 2) ?? "";
  const place = element("div.json");
  const small = typeof value !== "object" || value === null;
  const ways = element("div.segments", { role: "group", "aria-label": `${label}: how to show it` });
  const show = (way) => {
    for (const one of ways.children) one.setAttribute("aria-pressed", String(one.dataset.way === way));
    fill(place, way === "tree" ? tree(value, 0) : rawText(raw));
  };
  for (const way of ["tree", "raw"]) {
    ways.append(element("button.small", { type: "button", "data-way": way, on: { click: () => show(way) } }, way));
  }
  show(small ? "raw" : "tree");
  const copy = button({ text: "Copy", icon: "copy", run: () => copied(raw, label) });
  return { node: place, acts: [small ? null : ways, copy] };
}

function rawText(raw) {
  const cut = raw.length > SHOWN;
  return [
    element("pre.code", { tabindex: "0", "aria-label": "value" }, cut ? raw.slice(0, SHOWN) : raw),
    cut && element("p.note", null, `Cut at 64 KB of ${Math.round(raw.length / 1024)} KB: “Copy” takes all of it.`),
  ];
}

function tree(value, depth) {
  if (value === null || typeof value !== "object") return leaf(value);
  const entries = Object.entries(value);
  const list = Array.isArray(value);
  if (!entries.length) return element("span.leaf", null, list ? "[]" : "{}");
  return element(
    "ul.tree",
    null,
    entries.slice(0, CHILDREN).map(([name, one]) => branch(name, one, depth)),
    entries.length > CHILDREN && element("li.note", null, `… ${entries.length - CHILDREN} more: see raw`),
  );
}

function branch(name, value, depth) {
  const nested = value !== null && typeof value === "object" && Object.keys(value).length > 0;
  if (!nested) return element("li", null, element("span.name", null, name), ": ", leaf(value));
  const size = Array.isArray(value) ? `[${value.length}]` : `{${Object.keys(value).length}}`;
  const details = element("details", { open: depth < 2 }, element("summary", null, element("span.name", null, name), element("span.note", null, ` ${size}`)));
  const grow = () => details.open && details.children.length === 1 && details.append(tree(value, depth + 1));
  details.addEventListener("toggle", grow); // deep ones are built when they are looked at
  if (depth < 2) grow();
  return element("li", null, details);
}

function leaf(value) {
  if (value !== null && typeof value === "object") return element("span.leaf", null, Array.isArray(value) ? "[]" : "{}");
  const kind = value === null ? "null" : typeof value;
  return element(`span.leaf.${kind}`, null, JSON.stringify(value));
}

/** Copy a text; says so. */
export async function copied(text, what) {
  try {
    await navigator.clipboard.writeText(text);
    done(`${what} copied`);
  } catch {
    failed("The browser gives this page no clipboard: mark the text and copy it by hand");
  }
}
