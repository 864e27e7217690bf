// The form that submits a job.

import { element, put } from "../element.js";
import { ask, get } from "../http.js";
import { link } from "../router.js";
import { cancelButton, foot, open } from "./dialog.js";
import { done } from "./say.js";

/** Ask for a job and submit it; `known` fills the fields in ({type, queue, data}). `go(address)` shows it. */
export function submitForm(go, known = {}) {
  return open("Submit a job", (close) => form(close, go, known), { wide: true });
}

function form(close, go, known) {
  const type = element("input", { type: "text", required: true, name: "type", list: "known-types", autocomplete: "off", "data-focus": true, placeholder: "send-email" });
  const queue = element("input", { type: "text", name: "queue", autocomplete: "off", placeholder: "that of its type" });
  const delay = element("input", { type: "text", name: "delay", autocomplete: "off", placeholder: "now, or 10s, 5m" });
  const data = element("textarea", { rows: 8, name: "data", spellcheck: "false", placeholder: '{"to": "user@example.com"}' });
  const problem = element("p.problem", { role: "alert" });
  [type.value, queue.value] = [known.type ?? "", known.queue ?? ""];
  if (known.data !== undefined) data.value = JSON.stringify(known.data, null, 2);
  const send = element("button.primary", { type: "submit" }, "Submit");
  const made = element(
    "form",
    { method: "dialog" },
    element("div.row-fields", null, field("Type", type), field("Queue", queue), field("Delay", delay)),
    field("Payload (JSON)", data),
    element("datalist", { id: "known-types" }),
    problem,
    foot(cancelButton(close, false), send),
  );
  offerTypes(made.querySelector("datalist"));
  made.addEventListener("submit", async (event) => {
    event.preventDefault();
    send.disabled = true;
    try {
      const answer = await ask("POST", "/tasks", wanted(type, queue, delay, data));
      close(answer);
      done(`Submitted ${answer.type}`, { text: "Show", run: () => go(link("jobs", answer.id)) });
    } catch (error) {
      put(problem, error.message);
    } finally {
      send.disabled = false;
    }
  });
  return made;
}

/** The request's body; raises SyntaxError with our own words when the payload is no JSON. */
function wanted(type, queue, delay, data) {
  const body = { type: type.value.trim() };
  if (queue.value.trim()) body.queue = queue.value.trim();
  if (delay.value.trim()) body.delay = delay.value.trim();
  if (data.value.trim()) body.data = parsed(data.value);
  return body;
}

/** The JSON of a text. */
export function parsed(text) {
  try {
    return JSON.parse(text);
  } catch (error) {
    throw new SyntaxError(`The payload is no JSON: ${error.message}`);
  }
}

export const field = (name, control, note) =>
  element("label.field", null, element("span", null, name), control, note && element("span.note", null, note));

async function offerTypes(list) {
  try {
    const { names } = await get("/series/names");
    for (const type of new Set(names.map((one) => one.type).filter(Boolean))) list.append(element("option", { value: type }));
  } catch {
    // without the list the field takes any word all the same
  }
}

/** Change a dead letter's payload and retry it. */
export function editAndRetry(id, data, retry) {
  return open("Edit the payload and retry", (close) => {
    const box = element("textarea", { rows: 12, spellcheck: "false", "data-focus": true, "aria-label": "Payload (JSON)" });
    box.value = JSON.stringify(data, null, 2) ?? "";
    const problem = element("p.problem", { role: "alert" });
    const send = element("button.primary", { type: "submit" }, "Retry");
    const made = element("form", { method: "dialog" }, element("p.note", null, `${id} keeps its id and joins the end of its queue.`), field("Payload (JSON)", box), problem, foot(cancelButton(close, false), send));
    made.addEventListener("submit", async (event) => {
      event.preventDefault();
      try {
        const value = parsed(box.value);
        close(true);
        await retry(value);
      } catch (error) {
        put(problem, error.message);
      }
    });
    return made;
  }, { wide: true });
}
