// The language of the search box: `state:dead queue:mail type:send-email`, or an id. Pure.

import { JOB_STATES } from "./states.js";

const FIELDS = ["state", "queue", "type"];
const ID = /^\d{1,6}-\d{1,15}-\d{1,15}$/;
const SYNONYMS = { running: "processing", failed: "dead", retrying: "scheduled", done: "completed" };

export const isId = (text) => ID.test(text.trim());

/** {id} or {state, queue, type} of a text, and `error` where it says what nobody reads. */
export function parseFilter(text) {
  const found = { id: null, state: "", queue: "", type: "", error: "" };
  for (const word of text.trim().split(/\s+/).filter(Boolean)) {
    const at = word.indexOf(":");
    const [name, value] = at < 0 ? ["", word] : [word.slice(0, at).toLowerCase(), unquoted(word.slice(at + 1))];
    if (isId(word) || (name === "id" && value)) found.id = name === "id" ? value : word;
    else if (FIELDS.includes(name)) found[name] = value;
    else if (at < 0) found.error ||= takeWord(found, word);
    else found.error ||= `there is no field “${name}”: write ${FIELDS.map((one) => `${one}:`).join(", ")} or a job's id`;
  }
  found.state = SYNONYMS[found.state] ?? found.state;
  if (found.state && !JOB_STATES.includes(found.state)) {
    found.error ||= `there is no state “${found.state}”: it is one of ${JOB_STATES.join(", ")}`;
  }
  return found;
}

const unquoted = (text) => text.replace(/^"(.*)"$/, "$1");

/** A bare word is a state, or else a type. */
function takeWord(found, word) {
  if (word === "all") return "";
  const state = SYNONYMS[word] ?? word;
  if (JOB_STATES.includes(state) && !found.state) found.state = state;
  else if (!found.type) found.type = word;
  else return `“${word}” says no field: write queue:${word} or type:${word}`;
  return "";
}

/** The text of a filter. */
export const filterText = (filter) =>
  FIELDS.filter((name) => filter[name])
    .map((name) => `${name}:${filter[name]}`)
    .join(" ");
