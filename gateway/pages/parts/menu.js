// Buttons that act, and the menu behind "⋯".

import { element } from "../element.js";
import { may } from "../session.js";
import { icon } from "./icons.js";

/** A button: {text, icon, run, right, kind: "primary" | "danger" | "", title, only: icon without its word}. */
export function button({ text, icon: drawn, run, right, kind = "", title, only = false, small = true }) {
  const forbidden = right && !may(right);
  const node = element(
    "button",
    {
      type: "button",
      class: `${kind} ${small ? "small" : ""} ${only ? "only" : ""}`,
      "aria-label": only ? text : null,
      title: forbidden ? `You lack the right “${right}”` : title ?? (only ? text : null),
      disabled: forbidden,
    },
    drawn && icon(drawn),
    only ? null : element("span", null, text),
  );
  node.addEventListener("click", async (event) => {
    event.stopPropagation();
    node.disabled = true; // a second press must not do it twice
    try {
      await run();
    } finally {
      node.disabled = Boolean(forbidden);
    }
  });
  return node;
}

/** A "⋯" that opens a menu of `items()` = [{text, icon, run, right, kind}, …]; made when it is opened. */
export function menu(label, items) {
  const list = element("div.menu", { role: "menu", hidden: true });
  const opener = element("button.bare.more", { type: "button", "aria-label": label, "aria-haspopup": "menu", "aria-expanded": "false" }, icon("more"));
  const close = (focus) => {
    list.hidden = true;
    opener.setAttribute("aria-expanded", "false");
    document.removeEventListener("pointerdown", outside, true);
    if (focus) opener.focus();
  };
  const outside = (event) => !node.contains(event.target) && close(false);
  const show = () => {
    list.replaceChildren(...items().map((item) => entry(item, () => close(true))));
    list.hidden = false;
    opener.setAttribute("aria-expanded", "true");
    document.addEventListener("pointerdown", outside, true);
    placed(list, opener);
    list.querySelector("button:not(:disabled)")?.focus();
  };
  opener.addEventListener("click", (event) => (event.stopPropagation(), list.hidden ? show() : close(true)));
  list.addEventListener("keydown", (event) => moved(event, list, close));
  const node = element("span.menuplace", null, opener, list);
  return node;
}

function entry({ text, icon: drawn, run, right, kind = "" }, close) {
  const forbidden = right && !may(right);
  return element(
    "button",
    {
      type: "button",
      role: "menuitem",
      class: kind,
      disabled: forbidden,
      title: forbidden ? `You lack the right “${right}”` : null,
      on: { click: (event) => (event.stopPropagation(), close(), run()) },
    },
    icon(drawn ?? "right"),
    text,
  );
}

/** Where there is room: the list must leave neither the table's frame nor the window. */
function placed(list, opener) {
  const at = opener.getBoundingClientRect();
  const size = list.getBoundingClientRect();
  const below = at.bottom + size.height + 8 < innerHeight;
  list.style.setProperty("top", `${below ? at.bottom + 4 : Math.max(8, at.top - size.height - 4)}px`);
  list.style.setProperty("left", `${Math.max(8, Math.min(at.right - size.width, innerWidth - size.width - 8))}px`);
}

function moved(event, list, close) {
  const all = [...list.querySelectorAll("button:not(:disabled)")];
  const at = all.indexOf(document.activeElement);
  if (event.key === "ArrowDown") all[(at + 1) % all.length]?.focus();
  else if (event.key === "ArrowUp") all[(at - 1 + all.length) % all.length]?.focus();
  else if (event.key === "Escape") close(true);
  else return;
  event.preventDefault();
  event.stopPropagation();
}
