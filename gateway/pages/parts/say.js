// What is said to people in passing: a toast to the eye, one polite line to the screen reader.

import { element } from "../element.js";
import { icon } from "./icons.js";

const SHOWN = { good: 5000, bad: 12_000 };
const QUIET = 10_000;
let saidAt = 0;

/** Say that something was done; `action` is {text, run}. */
export function done(text, action) {
  toast("good", text, action);
}

/** Say that something was refused, or went wrong. */
export function failed(text) {
  toast("bad", text);
}

/** To the screen reader alone: news of the feed, at most one each ten seconds. */
export function murmur(text) {
  const at = Date.now();
  if (at - saidAt < QUIET) return;
  saidAt = at;
  speak(text);
}

function speak(text) {
  document.getElementById("live").textContent = text;
}

function toast(kind, text, action) {
  speak(text);
  const away = () => one.remove();
  const one = element(
    `div.toast.${kind}`,
    null,
    icon(kind === "good" ? "tick" : "warn"),
    element("p", null, text),
    action && element("button.plain", { type: "button", on: { click: () => (away(), action.run()) } }, action.text),
    element("button.bare", { type: "button", "aria-label": "Dismiss", on: { click: away } }, icon("cross")),
  );
  const place = document.getElementById("toasts");
  place.append(one);
  while (place.children.length > 4) place.firstChild.remove();
  setTimeout(away, SHOWN[kind]);
}
