// The search box. A filter by one state, one queue and one type is a list, which is live; everything else is a search,
// and what that means is said by the gateway (docs/search.md). Pure.

import { JOB_STATES } from "./states.js";

const FIELDS = ["state", "queue", "type"];
const ID = /^\d{1,6}-\d{1,15}-\d{1,15}$/;
const PLAIN = /^[A-Za-z0-9_.:-]+$/;
const WORDS = /(?:"(?:\\.|[^"\\])*"?|[^\s"])+/g;
const SYNONYMS = { running: "processing", failed: "dead", done: "completed" };

export const isId = (text) => ID.test(text.trim());

/** {id, state, queue, type} of a text; `plain` says whether that is all that it says. */
export function parseFilter(text) {
  const found = { id: null, state: "", queue: "", type: "", plain: true };
  for (const word of words(text)) {
    const at = word.indexOf(":");
    const [name, value] = at < 0 ? ["", word] : [word.slice(0, at).toLowerCase(), word.slice(at + 1).replace(/^"(.*)"$/, "$1")];
    if (isId(word) || (name === "id" && isId(value))) found.id = isId(word) ? word : value;
    else if (FIELDS.includes(name) && PLAIN.test(value) && !found[name]) found[name] = name === "state" ? known(value) : value;
    else if (!name && isState(word) && !found.state) found.state = known(word);
    else if (word !== "all") found.plain = false;
  }
  if (found.state && !JOB_STATES.includes(found.state)) found.plain = false;
  if (found.id && words(text).length > 1) found.plain = false;
  return found;
}

const words = (text) => text.match(WORDS) ?? [];
const known = (state) => SYNONYMS[state] ?? state;
const isState = (word) => JOB_STATES.includes(known(word));

/** The text of a filter. */
export const filterText = (filter) =>
  FIELDS.filter((name) => filter[name])
    .map((name) => `${name}:${filter[name]}`)
    .join(" ");

/** A search with this state in place of its own; "" = with none. */
export function withState(text, state) {
  const rest = words(text).filter((word) => !/^-?state:/i.test(word) && !isState(word) && word !== "retrying" && word !== "all");
  return [state && `state:${state}`, ...rest].filter(Boolean).join(" ");
}
