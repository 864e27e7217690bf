// The dashboard: puts the frame up, opens the screen that the address names, and keeps one feed for all of them.

import { add, element, fill } from "./element.js";
import { Feed, feedAddress } from "./feed.js";
import { signIn } from "./http.js";
import { Keys } from "./keys.js";
import { Bar } from "./parts/bar.js";
import { watchLoss } from "./parts/banner.js";
import { bindKeys } from "./parts/shortcuts.js";
import { empty } from "./parts/panel.js";
import { Rail } from "./parts/rail.js";
import { applyTheme } from "./parts/theme.js";
import { Router, link } from "./router.js";
import { Screen } from "./screen.js";
import { screens } from "./screens/all.js";
import { hearRights, onSession, readSession } from "./session.js";

class Dashboard {
  constructor() {
    this.feed = new Feed(feedAddress());
    this.keys = new Keys();
    this.router = new Router((route) => this._show(route));
    this.main = document.getElementById("main");
    this.bar = new Bar(this.feed, this.router, this.keys);
    this.rail = new Rail();
    this._opened = false;
  }

  async start() {
    applyTheme();
    if (!(await readSession())) {
      signIn();
      return;
    }
    bindKeys(this);
    this.keys.start();
    this.feed.subscribe("overview", {}, (figures) => this._figures(figures), (error) => this.bar.refused(error));
    this.feed.listen((kind) => kind === "hello" && hearRights(this.feed.hello.rights));
    onSession(() => this._rights());
    watchLoss(this.feed, this.bar);
    this.router.start();
    this.feed.start();
  }

  _figures(figures) {
    this.bar.figures(figures);
    this.rail.figures(figures);
  }

  /** Other rights: what is shown depends on them. */
  _rights() {
    const rights = JSON.stringify(this.feed.hello?.rights ?? null);
    if (this._opened && rights !== this._asRights) this._show(this._route);
    this._asRights = rights;
  }

  _show(route) {
    this.screen?.close();
    this._route = route;
    this.screen = new Screen({ feed: this.feed, router: this.router, keys: this.keys, route, main: this.main });
    this.rail.at(route.screen);
    scrollTo(0, 0);
    fill(this.main);
    try {
      this._open(route);
    } catch (error) {
      console.error(error);
      fill(this.main, element("h1", null, "This screen cannot be shown"), element("p", null, "The others can. The console of the browser says more."));
    }
    if (this._opened) this.main.focus({ preventScroll: true });
    this._opened = true;
  }

  _open(route) {
    const found = screens[route.screen];
    document.title = `${route.id ?? found?.title ?? "Not found"} · herdsman`;
    if (!found) {
      add(this.main, [element("h1", null, "There is no such screen"), empty(`/ui/${route.screen}`, element("a", { href: link("overview") }, "To the overview"))]);
      return;
    }
    add(this.main, [(route.id === null ? found.open : found.one ?? found.open)(this.screen)]);
  }
}

new Dashboard().start();
