// The parts of a job's page; each draws only when what it shows has changed.

import { now } from "../clock.js";
import { element, fill } from "../element.js";
import { link } from "../router.js";
import { clock, count, epoch, relative, short, span, stamp } from "../words.js";
import { copied, jsonView } from "./json_view.js";
import { button } from "./menu.js";
import { Panel } from "./panel.js";
import { jobLink } from "./timeline.js";

/** A panel with `draw(value)`, hidden while there is none. */
class Part {
  constructor(title, build, always = false) {
    this.panel = new Panel(title);
    this.node = this.panel.node;
    this._build = build;
    this._always = always;
  }

  draw(value, note = "") {
    const nothing = value === null || value === undefined || (Array.isArray(value) && !value.length);
    this.node.hidden = nothing && !this._always;
    const sign = JSON.stringify(value);
    if (sign === this._sign) return;
    this._sign = sign;
    if (!this.node.hidden) this._build(this.panel, value);
    this.panel.say(note);
  }
}

export const valuePanel = (title) =>
  new Part(title, (panel, value) => {
    const { node, acts } = jsonView(value, title);
    panel.show(node);
    fill(panel.acts, acts);
  });

export const errorPanel = () =>
  new Part("Error", (panel, error) => {
    const trace = error.traceback;
    panel.show(
      element("p.errorline", null, element("span.kind", null, error.type), error.message ? `: ${error.message}` : ""),
      error.cause && element("p.note", null, `Cause: ${error.cause}`),
      trace && element("pre.code.trace", { tabindex: "0", role: "region", "aria-label": "traceback" }, trace),
    );
    fill(panel.acts, button({ text: "Copy", icon: "copy", run: () => copied(`${error.type}: ${error.message}\n${trace ?? ""}`, "Error") }));
  });

export const logsPanel = () =>
  new Part("Log", (panel, lines) => {
    const rows = lines.map((one) => (Array.isArray(one) ? { at: one[0], text: one[1] } : one));
    const box = element("div.code.logs", { tabindex: "0", role: "log", "aria-label": "what the job said" }, rows.map((one) => element("p", null, element("time", { title: stamp(epoch(one.at)) }, clock(epoch(one.at))), element("span", null, one.text))));
    panel.show(box);
    box.scrollTop = box.scrollHeight;
    panel.say(`${count(rows.length)} lines`);
    fill(panel.acts, button({ text: "Copy", icon: "copy", run: () => copied(rows.map((one) => one.text).join("\n"), "Log") }));
  });

/** The plain facts, at the side. */
export function factsPanel() {
  const panel = new Panel("Facts");
  const draw = (job) => panel.show(element("dl.facts", null, facts(job).filter(([, value]) => value !== null && value !== undefined && value !== "" && value !== false).map(([name, value]) => [element("dt", null, name), element("dd", null, value)])));
  return { node: panel.node, draw };
}

function facts(job) {
  const [began, ended, enqueued] = [epoch(job.started_at), epoch(job.finished_at), epoch(job.enqueued_at)];
  const when = (at) => at !== null && element("time", { title: stamp(at) }, relative(at, now()));
  return [
    ["Queue", job.queue && element("a", { href: link("queues", job.queue) }, job.queue)],
    ["Type", job.type && element("a", { href: link("jobs", null, { q: `type:${job.type}` }) }, job.type)],
    ["Attempts", job.retries === null || job.retries === undefined ? count(job.attempts) : `${job.attempts} of ${job.retries + 1}`],
    ["Crashes", job.crashes ? count(job.crashes) : null],
    ["Enqueued", when(enqueued)],
    ["Due", job.status === "scheduled" ? when(epoch(job.due_at)) : null],
    ["Started", when(began)],
    ["Finished", when(ended)],
    ["Ran", began !== null && ended !== null ? span(ended - began) : null],
    ["Timeout", job.timeout ? span(job.timeout) : null],
    ["Host", job.host],
    ["Worker", job.worker && element("span.mono", { title: job.worker }, job.workerName ?? short(job.worker))],
    ["Workflow", job.flow && element("a", { href: link("workflows", job.flow) }, short(job.flow))],
    ["Group", job.fingerprint && element("a.mono", { href: link("dead", null, { group: job.fingerprint }) }, job.fingerprint)],
    ["Waits for", links(job.parents)],
    ["Then", links(job.children)],
  ];
}

function links(ids) {
  const all = Array.isArray(ids) ? ids : Object.keys(ids ?? {});
  return all.length > 0 && element("span", null, all.slice(0, 6).map((id) => element("span", null, jobLink(id), " ")), all.length > 6 && `and ${all.length - 6} more`);
}
