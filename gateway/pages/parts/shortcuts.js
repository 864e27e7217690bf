// Which key does what. Lower case looks and moves; whatever changes something asks in a dialog or a menu.

import { link } from "../router.js";
import { screens } from "../screens/all.js";

const LETTERS = { o: "overview", j: "jobs", d: "dead", q: "queues", w: "workers", s: "schedules", f: "workflows" };

/** Bind the keys of all screens. */
export function bindKeys({ keys, router, bar }) {
  for (const [letter, name] of Object.entries(LETTERS)) {
    keys.bind(`g ${letter}`, `Go to ${screens[name].title.toLowerCase()}`, () => router.go(link(name)));
  }
  keys.bind("/", "Search", () => bar.focusSearch());
  keys.bind("j", "Next row", () => step(1));
  keys.bind("k", "Row before", () => step(-1));
  keys.bind("Enter", "Open the row", () => current()?.querySelector("a[href], summary")?.click());
  keys.bind("x", "Mark the row", () => current()?.querySelector('input[type="checkbox"]')?.click());
  keys.bind(".", "Acts of the row", () => current()?.querySelector(".more, .actcell button, .acts button")?.click());
  keys.bind("Escape", "Leave the row; back", () => back(router));
  keys.bind("Space", "Pause, go on", () => bar.togglePause());
  keys.bind("t", "Theme", () => bar.toggleTheme());
  keys.bind("?", "This help", () => bar.help());
}

const lines = () => [...document.querySelectorAll("#main tbody tr[data-key], #main .group[tabindex]")].filter((one) => one.offsetParent !== null);
const current = () => document.activeElement?.closest?.("tr[data-key], .group[tabindex]");

function step(by) {
  const all = lines();
  const at = all.indexOf(current());
  const next = all[at < 0 ? (by > 0 ? 0 : all.length - 1) : Math.max(0, Math.min(all.length - 1, at + by))];
  next?.focus();
  next?.scrollIntoView({ block: "nearest" });
}

function back(router) {
  if (current()) {
    document.getElementById("main").focus();
    return;
  }
  const parts = location.pathname.split("/").filter(Boolean);
  if (parts.length > 2) router.go(link(parts[1]));
}
