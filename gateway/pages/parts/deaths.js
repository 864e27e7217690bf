// Death certificates: who, when, of what, with what in hand.

import { now } from "../clock.js";
import { element, fill } from "../element.js";
import { bytes, clock, count, relative, span, stamp } from "../words.js";
import { badge } from "./badge.js";
import { jobLink } from "./timeline.js";
import { empty } from "./panel.js";

const SHOWN = 30;
/** Causes that a person should look at; the others are part of life. */
const BAD = ["exit", "signal", "oom", "hard_timeout", "memory_limit", "boot_failed", "lost_host"];

/** Show these certificates, the newest first; those that are open stay open. */
export function deathList(panel, all) {
  const shown = all.slice(0, SHOWN);
  panel.say(all.length ? "the last ones of this host, the newest first" : "");
  const sign = shown.map((one) => one.key).join();
  if (panel.sign === sign) return;
  panel.sign = sign;
  const opened = new Set([...panel.body.querySelectorAll("details[open]")].map((one) => one.dataset.key));
  fill(panel.body, shown.length ? shown.map((one) => death(one, opened.has(String(one.key)))) : empty("Nobody has died", "Every end of a worker leaves a certificate here: when, of what, and what it had in hand."));
}

function death(one, open) {
  const bad = BAD.includes(one.cause);
  const cause = badge(bad ? "dead" : "gone", String(one.cause ?? "unknown").replaceAll("_", " "));
  return element(
    "details.death",
    { "data-key": one.key, open },
    element(
      "summary",
      null,
      element("time", { title: stamp(one.at) }, clock(one.at, now())),
      element("b", null, one.name),
      cause,
      element("span.note", null, one.why ?? ""),
      element("span.note", null, `lived ${span(one.lived_s)}`),
    ),
    certificate(one),
  );
}

function certificate(one) {
  const jobs = one.jobs ?? [];
  const status = one.signal ? `signal ${one.signal}` : one.code !== null && one.code !== undefined ? `exit ${one.code}` : "unknown";
  return element(
    "div.certificate",
    null,
    element(
      "dl.facts.left",
      null,
      fact("When", `${clock(one.at, now())}, ${relative(one.at, now())}`),
      fact("Who", `${one.name} (${one.kind}), pid ${one.pid}, generation ${one.generation ?? "–"}`),
      fact("Wait status", `${status}${one.core ? ", core dumped" : ""}`),
      fact("Jobs done", count(one.jobs_done)),
      fact("Memory", `${bytes(one.rss_bytes)}, ${bytes(one.peak_rss_bytes)} at its peak`),
      jobs.length > 0 && fact("In hand", jobs.map((job) => element("span", null, `${job.type || "job"} `, jobLink(job.id), one.charged ? " (charged) " : " "))),
    ),
    one.stack && element("pre.code.trace", { tabindex: "0", role: "region", "aria-label": "stacks" }, one.stack),
  );
}

const fact = (name, value) => [element("dt", null, name), element("dd", null, value)];
