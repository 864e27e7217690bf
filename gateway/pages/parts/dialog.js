// Questions: a dialog names the thing and the number, its way out has the focus, and the danger must be meant.

import { element } from "../element.js";

/** Open a dialog with this content; resolves to what `close(value)` was given, undefined when it was dismissed. */
export function open(title, build, { wide = false } = {}) {
  return new Promise((resolve) => {
    let result;
    const close = (value) => {
      result = value;
      dialog.close();
    };
    const heading = element("h2", { id: `d${Math.random().toString(36).slice(2)}` }, title);
    const dialog = element(wide ? "dialog.wide" : "dialog", { "aria-labelledby": heading.id }, heading);
    dialog.append(...[build(close)].flat());
    dialog.addEventListener("close", () => {
      dialog.remove();
      resolve(result);
    });
    // A press on the backdrop, which is the dialog's own, is a way out as well.
    dialog.addEventListener("mousedown", (event) => event.target === dialog && dialog.close());
    document.body.append(dialog);
    dialog.showModal();
    dialog.querySelector("[data-focus]")?.focus();
  });
}

/** The row of buttons at a dialog's foot. */
export const foot = (...buttons) => element("div.foot", null, ...buttons);

export const cancelButton = (close, focus = true) =>
  element("button", { type: "button", "data-focus": focus, on: { click: () => close(undefined) } }, "Cancel");

/**
 * Ask before something that cannot be taken back. `text` says what happens; with `typed` that very word must be
 * written first. Resolves to true or undefined.
 */
export function confirm({ title, text, yes, typed, danger = true }) {
  return open(title, (close) => {
    const go = element(`button.${danger ? "danger" : "primary"}`, { type: "submit", disabled: Boolean(typed) }, yes);
    const box = element("input", { type: "text", autocomplete: "off", spellcheck: "false", "data-focus": true, "aria-label": `Type ${typed} to confirm` });
    box.addEventListener("input", () => (go.disabled = box.value.trim() !== typed));
    const asked = typed && element("label.field", null, element("span", null, "Type ", element("b", null, typed), " to confirm"), box);
    const form = element("form", { method: "dialog" }, element("p", null, text), asked, foot(cancelButton(close, !typed), go));
    form.addEventListener("submit", (event) => {
      event.preventDefault();
      close(true);
    });
    return form;
  });
}
