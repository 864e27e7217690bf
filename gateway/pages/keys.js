// The keyboard: single keys, off while somebody types, and off altogether for who wants that (WCAG 2.1.4).

const REMEMBERED = "herdsman.keys";

export class Keys {
  constructor() {
    this._keys = new Map();
    this._prefix = "";
    this.on = localStorage.getItem(REMEMBERED) !== "off";
  }

  /** Say what a key does: "g j", "/", "Escape". */
  bind(key, what, act) {
    this._keys.set(key, { what, act });
  }

  /** [[key, what], …] for the help. */
  list() {
    return [...this._keys].map(([key, { what }]) => [key, what]);
  }

  /** Switch single keys off or on; remembered. */
  switch(on) {
    this.on = on;
    localStorage.setItem(REMEMBERED, on ? "on" : "off");
  }

  start() {
    document.addEventListener("keydown", (event) => this._pressed(event));
  }

  _pressed(event) {
    if (event.ctrlKey || event.metaKey || event.altKey || event.isComposing) return;
    const typing = event.target.closest?.("input, textarea, select, [contenteditable]");
    if (event.key === "Escape" && typing) {
      typing.blur();
      return;
    }
    if (typing && !(typing instanceof HTMLInputElement && typing.type === "checkbox")) return;
    if (document.querySelector("dialog[open]")) return;
    if (!this.on && !["?", "Escape"].includes(event.key)) return;
    this._run(event);
  }

  _run(event) {
    const pressable = event.target.closest?.("button, a, summary, [role=button]");
    if (pressable && [" ", "Enter"].includes(event.key)) return;
    const key = event.key === " " ? "Space" : event.key;
    const known = this._keys.get(this._prefix ? `${this._prefix} ${key}` : key);
    this._prefix = "";
    if (known) {
      event.preventDefault();
      known.act(event);
    } else if (key === "g") {
      this._prefix = "g";
      setTimeout(() => (this._prefix = ""), 1200);
    }
  }
}
