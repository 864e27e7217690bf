// The keys, and the switch for them.

import { element } from "../element.js";
import { foot, open } from "./dialog.js";

/** Show what each key does. */
export function showHelp(keys) {
  return open("Keys and search", (close) => {
    const box = element("input", { type: "checkbox", checked: keys.on });
    box.addEventListener("change", () => keys.switch(box.checked));
    return [
      element("div.keylist", null, keys.list().map(([key, what]) => line(key, what))),
      element("h3", null, "Search"),
      element("p.note", null, "state:dead queue:mail type:send-email, in any order; or the id of a job. States: pending, scheduled, processing, completed, dead, cancelled."),
      element("p", null, element("label.check", null, box, "Single keys act (while nobody types)")),
      foot(
        element("a.button.start", { href: "/openapi.json", target: "_blank", rel: "noopener" }, "HTTP interface"),
        element("button.primary", { type: "button", "data-focus": true, on: { click: () => close() } }, "Close"),
      ),
    ];
  }, { wide: true });
}

function line(key, what) {
  return element("p", null, element("span.keys", null, key.split(" ").map((one) => element("kbd", null, NAMES[one] ?? one))), what);
}

const NAMES = { Escape: "Esc", Enter: "↵" };
