// Jobs: the search box, and a live list by state, queue and type, or what a search has found.

import { SUBMIT } from "../acts.js";
import { element, fill } from "../element.js";
import { filterText, parseFilter, withState } from "../filter.js";
import { FoundJobs } from "../parts/found_jobs.js";
import { icon } from "../parts/icons.js";
import { LiveJobs } from "../parts/live_jobs.js";
import { button } from "../parts/menu.js";
import { submitForm } from "../parts/submit.js";
import { link } from "../router.js";
import { JOB_STATES, look } from "../states.js";

export function jobs(screen) {
  const text = screen.route.query.get("q") ?? "state:processing";
  const filter = parseFilter(text);
  const error = element("p.filtererror", { role: "alert", hidden: true });
  const submit = button({
    text: "Submit a job",
    icon: "plus",
    right: SUBMIT,
    small: false,
    run: () => submitForm((to) => screen.router.go(to), { queue: filter.queue, type: filter.type }),
  });
  const list = filter.plain && !filter.id ? new LiveJobs(screen, filter) : new FoundJobs(screen, { text, filter, refused: (said, at) => refuse(error, text, said, at) });
  return element(
    "div",
    null,
    element("div.head", null, element("h1", null, "Jobs"), element("div.acts", null, submit)),
    element("div.filterline", null, searchBox(screen, text)),
    error,
    chips(text, filter),
    list.panel.node,
  );
}

function searchBox(screen, text) {
  const input = element("input", {
    type: "search",
    value: text === "all" ? "" : text,
    placeholder: "state:dead age<1h payload.user.id:42, or an id",
    "aria-label": "Search jobs",
    autocomplete: "off",
    spellcheck: "false",
    maxlength: "1000",
  });
  const form = element(
    "form.searchbox",
    { role: "search" },
    icon("search"),
    input,
    element("kbd", { "aria-hidden": "true" }, "/"),
  );
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    const typed = input.value.trim();
    const { id, plain } = parseFilter(typed);
    screen.router.go(id && plain ? link("jobs", id) : link("jobs", null, { q: typed || "all" }));
  });
  return form;
}

function chips(text, filter) {
  const chip = (state, word) =>
    element("a.chip", { href: link("jobs", null, { q: withState(text, state) || "all" }), "aria-current": String(filter.plain && filter.state === state) }, word);
  const states = JOB_STATES.map((state) => chip(state, element(`span.state.tone-${look(state).tone}`, null, icon(look(state).icon), look(state).word)));
  const narrow = ["queue", "type"]
    .filter((name) => filter.plain && filter[name])
    .map((name) =>
      element(
        "a.chip",
        { href: link("jobs", null, { q: filterText({ ...filter, [name]: "" }) || "all" }), "aria-current": "true", "aria-label": `Without ${name}:${filter[name]}` },
        `${name}: ${filter[name]}`,
        icon("cross"),
      ),
    );
  return element("nav.chips.filterline", { "aria-label": "Jobs by state" }, chip("", "all"), states, narrow);
}

/** What is wrong with a query, with the character marked. */
function refuse(place, text, said, at) {
  place.hidden = false;
  const marked = at !== undefined && element("code", null, text.slice(0, at), element("mark", null, text.slice(at, at + 1) || " "), text.slice(at + 1));
  fill(place, marked, element("span", null, `${said}.`));
}
