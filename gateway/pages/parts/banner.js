// What is lost is said above everything, and what is shown turns grey: old figures look old, and none falls to 0.

import { draw } from "../draw.js";
import { element, fill, put } from "../element.js";
import { readSession } from "../session.js";
import { signIn } from "../http.js";
import { clock, span } from "../words.js";
import { icon } from "./icons.js";
import { murmur } from "./say.js";

/** The code of a feed that is closed because nobody knows who asks. */
const SIGN_IN = 4401;

/** Watch feed and store, and show a banner for as long as one of them is away. */
export function watchLoss(feed, bar) {
  const place = document.getElementById("banners");
  const lost = banner("dead", "warn", button("Retry now", () => feed.retryNow()));
  const store = banner("dead", "warn");
  const old = banner("scheduled", "info", button("Reload", () => location.reload()));
  const ours = document.querySelector('meta[name="assets"]')?.content;
  let was = "connecting";
  const show = () => {
    const gone = feed.state === "lost" && feed.heardAt !== null;
    const never = feed.state === "lost" && feed.heardAt === null;
    const storeGone = feed.state === "live" && bar.storeUp === false;
    const stale = feed.hello?.assets && ours && feed.hello.assets !== ours;
    fill(place, [(gone || never) && lost.node, storeGone && store.node, stale && old.node]);
    if (gone) lost.say("The gateway is lost.", `Figures are as of ${clock(feed.heardAt)}, retry ${wait(feed)}.`);
    if (never) lost.say("The live feed cannot be reached.", `${feed.closeReason || "If it stays so, a proxy between may not pass on /ws"}. Retry ${wait(feed)}.`);
    if (storeGone) store.say("The store is away.", bar.storeTrouble ?? "The gateway answers, its store does not. Figures stay as they were; it goes on by itself.");
    if (stale) old.say("A new version of this page is there.", "Reload to have it.");
    document.body.toggleAttribute("data-stale", gone || storeGone);
  };
  feed.listen((kind) => {
    if (kind === "state") changed();
    draw(show);
  });
  const changed = () => {
    if (feed.state === "lost" && was !== "lost") murmur("The connection to the gateway is lost");
    if (feed.state === "live" && was === "lost") murmur("Connected again");
    was = feed.state;
    // A feed that is refused may mean that the login is over.
    if (feed.state === "lost" && feed.closeCode === SIGN_IN) signIn();
    else if (feed.state === "lost" && feed.heardAt === null) readSession().then((known) => known || signIn());
  };
}

function wait(feed) {
  const left = feed.retryAt === null ? 0 : feed.retryAt - Date.now() / 1000;
  return left > 0.5 ? `in ${span(Math.ceil(left))}` : "now";
}

function banner(tone, drawn, ...buttons) {
  const [what, more] = [element("b"), element("span")];
  const node = element(`div.banner.tone-${tone}`, { role: "alert" }, icon(drawn), element("p", null, what, " ", more), ...buttons);
  return { node, say: (first, second) => (put(what, first), put(more, second)) };
}

const button = (text, run) => element("button.small", { type: "button", on: { click: run } }, text);
