// The bar on top of every screen: where, how fresh, how fast; search, pause, theme, help.

import { ask } from "../http.js";
import { draw, hold, isHeld } from "../draw.js";
import { element, fill, mark, put } from "../element.js";
import { isId } from "../filter.js";
import { link } from "../router.js";
import { onSession, session } from "../session.js";
import { exact, rate, span } from "../words.js";
import { showHelp } from "./help.js";
import { icon, logo } from "./icons.js";
import { murmur } from "./say.js";
import { nextTheme, theme } from "./theme.js";

export class Bar {
  constructor(feed, router, keys) {
    this._feed = feed;
    this._router = router;
    this._keys = keys;
    this.namespace = element("span.namespace", { title: "Namespace in the store", hidden: true });
    this.light = element("span.light", { "data-is": "connecting", role: "img" }, "connecting");
    this.pace = element("span.pace");
    this.search = this._searchBox();
    this.pause = tool("pause", "Pause (Space)", () => this.togglePause());
    this.pause.setAttribute("aria-pressed", "false");
    this.theme = tool("theme", "", () => this.toggleTheme(), "desk-too");
    this.out = tool("out", "Sign out", () => this._signOut());
    this.out.hidden = true;
    this._themeName();
    fill(
      document.getElementById("bar"),
      element("a.home", { href: link("overview"), "aria-label": "herdsman: overview" }, logo(), element("span", null, "herdsman")),
      this.namespace,
      this.light,
      this.pace,
      element("span.space"),
      this.search.form,
      element("span.tools", null, this.pause, this.theme, tool("help", "Help and keys (?)", () => this.help(), "desk"), this.out),
    );
    feed.listen(() => draw(() => this._light()));
    onSession(() => (this.out.hidden = session.via !== "cookie"));
    this.out.hidden = session.via !== "cookie";
  }

  /** The figures of the overview's topic. */
  figures(rows) {
    draw(() => {
      put(this.namespace, rows.value("namespace"));
      this.namespace.hidden = !rows.value("namespace");
      const pace = rows.value("done_per_s") ?? rows.value("jobs_per_s");
      fill(this.pace, element("b", { title: `${exact(pace)} jobs done a second` }, rate(pace).replace("/s", "")), " jobs/s");
    });
    this.storeUp = rows.value("store_up") !== false && rows.value("store_up") !== 0;
    this.storeTrouble = null;
  }

  /** The feed cannot read the overview. */
  refused(error) {
    if (error.code === "store_down") [this.storeUp, this.storeTrouble] = [false, error.text];
  }

  togglePause() {
    const on = !isHeld();
    hold(on);
    mark(this.pause, "aria-pressed", String(on));
    fill(this.pause, icon(on ? "play" : "pause"));
    mark(this.pause, "aria-label", on ? "Go on (Space)" : "Pause (Space)");
    murmur(on ? "Paused: nothing moves" : "Live again");
    this._light();
  }

  toggleTheme() {
    nextTheme();
    this._themeName();
  }

  help() {
    showHelp(this._keys);
  }

  focusSearch() {
    const here = document.querySelector("#main .searchbox input");
    (here ?? this.search.input).focus();
    (here ?? this.search.input).select();
  }

  _themeName() {
    const text = `Theme: ${theme()} (t)`;
    mark(this.theme, "aria-label", text);
    mark(this.theme, "title", text);
  }

  _light() {
    const { state, heardAt, interval } = this._feed;
    const age = heardAt === null ? null : Math.max(0, Date.now() / 1000 - heardAt);
    const is = isHeld() ? "paused" : state;
    const slow = interval > 1 ? ` every ${interval} s` : "";
    const said = { connecting: "connecting", lost: "lost", paused: "paused" }[is] ?? `live ${age < 1.5 ? "" : span(Math.round(age))}${slow}`.trim();
    mark(this.light, "data-is", is);
    put(this.light, said);
    mark(this.light, "title", age === null ? "No data yet" : `Data is ${span(age)} old; reading it took ${span(this._feed.lag)}`);
    mark(this.light, "aria-label", `Feed: ${said}`);
  }

  _searchBox() {
    const input = element("input", { type: "search", name: "q", placeholder: "Job id, or state:dead queue:mail", "aria-label": "Search jobs: an id, or a query", autocomplete: "off", spellcheck: "false" });
    const form = element("form.searchbox", { role: "search" }, icon("search"), input, element("kbd", { "aria-hidden": "true" }, "/"));
    form.addEventListener("submit", (event) => {
      event.preventDefault();
      const text = input.value.trim();
      if (!text) return;
      this._router.go(isId(text) ? link("jobs", text) : link("jobs", null, { q: text }));
      input.value = "";
      input.blur();
    });
    return { form, input };
  }

  async _signOut() {
    await ask("POST", "/logout", {}).catch(() => null);
    location.assign("/login");
  }
}

function tool(drawn, label, run, kind = "") {
  return element("button.bare", { type: "button", "aria-label": label, title: label, class: kind, on: { click: run } }, icon(drawn));
}
