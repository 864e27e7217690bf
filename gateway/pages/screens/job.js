// One job: where it stands, why, what it was given and gave, what it said, and its whole way.

import { now } from "../clock.js";
import { element, fill, put } from "../element.js";
import { putBadge } from "../parts/badge.js";
import { workerNames } from "../parts/job_columns.js";
import { asCurl, alike, jobActs } from "../parts/job_acts.js";
import { errorPanel, factsPanel, logsPanel, valuePanel } from "../parts/job_panels.js";
import { copied } from "../parts/json_view.js";
import { button, menu } from "../parts/menu.js";
import { icon } from "../parts/icons.js";
import { Panel, empty } from "../parts/panel.js";
import { timeline } from "../parts/timeline.js";
import { link } from "../router.js";
import { jobState, look } from "../states.js";
import { percent } from "../words.js";

const OVER = ["completed", "dead", "cancelled"];
const WAITING = ["pending", "scheduled"];

export function job(screen) {
  return new JobPage(screen).node;
}

class JobPage {
  constructor(screen) {
    this.screen = screen;
    this.id = screen.route.id;
    this.title = element("h1", null, "Job");
    this.state = element("span");
    this.acts = element("div.acts");
    this.why = element("div.whyline", { hidden: true });
    this.bar = element("div.progress", { hidden: true, "data-tone": "running" });
    this.lead = new Panel("Job", { plain: true });
    this.way = new Panel("Timeline");
    this.payload = valuePanel("Payload");
    this.result = valuePanel("Result");
    this.error = errorPanel();
    this.logs = logsPanel();
    this.facts = factsPanel();
    this.node = this.build();
    this.names = workerNames(screen);
    const sub = screen.watch("job", { id: this.id }, this.lead, (rows) => this.show(rows.get(this.id) ?? rows.list()[0]));
    screen.eachSecond(() => this.job && !OVER.includes(this.job.status) && sub.paint());
  }

  build() {
    const id = element("span.jobid", null, this.id, button({ text: "Copy the id", icon: "copy", only: true, kind: "bare", run: () => copied(this.id, "Id") }));
    const dead = this.screen.route.screen === "dead";
    const crumb = element("a.crumb", { href: link(dead ? "dead" : "jobs") }, dead ? "Dead" : "Jobs");
    this.content = element(
      "div",
      { hidden: true },
      this.why,
      this.bar,
      element(
        "div.columns.main-side",
        null,
        element("div.stack", null, this.error.node, this.way.node, this.payload.node, this.result.node, this.logs.node),
        element("div.stack", null, this.facts.node),
      ),
    );
    return element("div", null, element("div.head.jobhead", null, crumb, this.title, this.state, id, this.acts), this.lead.node, this.content);
  }

  show(job) {
    this.lead.node.hidden = Boolean(job);
    this.content.hidden = !job;
    if (!job) {
      fill(this.lead.body, empty(`There is no job ${this.id}`, "It never was, or its record has expired: a job that succeeded is remembered for as long as its result is kept."));
      return;
    }
    this.job = { ...job, key: this.id, state: job.status ?? job.state, status: job.status ?? job.state };
    put(this.title, this.job.type ?? "Job");
    document.title = `${this.job.type ?? this.id} · herdsman`;
    putBadge(this.state, jobState(this.job));
    this.showActs();
    this.showWhy();
    this.showProgress();
    this.way.show(timeline(this.job, OVER.includes(this.job.status) ? null : now()));
    this.payload.draw(this.job.data, this.cutNote("data"));
    this.result.draw(this.job.result, this.cutNote("result"));
    this.error.draw(this.job.error);
    this.logs.draw(this.job.logs);
    this.facts.draw(this.names(this.job));
  }

  cutNote(field) {
    return this.job.cut?.includes(field) ? "cut at 64 KiB" : "";
  }

  showActs() {
    if (this.acts.sign === this.job.status) return;
    this.acts.sign = this.job.status;
    const more = () => [
      { text: "Copy as curl", icon: "copy", run: () => copied(asCurl(this.job), "Request") },
      { text: "Submit one like it", icon: "plus", right: "submit", run: () => alike(this.job, this.screen) },
      { text: "As JSON", icon: "right", run: () => window.open(`/tasks/${encodeURIComponent(this.id)}`, "_blank", "noopener") },
    ];
    fill(this.acts, jobActs(this.job, this.screen).map((one) => button({ ...one, small: false })), menu("More acts of this job", more));
  }

  showWhy() {
    const [first, ...others] = String(this.job.why ?? "").split("\n").filter(Boolean);
    this.why.hidden = !first || !WAITING.includes(this.job.status);
    const { tone, icon: drawn } = look(jobState(this.job));
    this.why.setAttribute("data-tone", tone);
    if (!this.why.hidden) fill(this.why, icon(drawn), element("div", null, element("p", null, first), others.length > 0 && element("ul", null, others.map((one) => element("li", null, one)))));
  }

  showProgress() {
    const said = this.job.progress;
    const far = typeof said === "number" ? said : said?.fraction;
    this.bar.hidden = far === null || far === undefined || this.job.status !== "processing";
    if (this.bar.hidden) return;
    const label = `${percent(far)} done`;
    fill(
      this.bar,
      element("p", null, element("span", null, said?.text || "in progress"), element("b", null, percent(far))),
      element("div.meter", { role: "progressbar", "aria-label": label, "aria-valuenow": Math.round(far * 100), "aria-valuemin": 0, "aria-valuemax": 100, style: { "--share": far } }, element("i")),
    );
  }
}
