// A state as people see it: shape, word, colour.

import { element } from "../element.js";
import { look } from "../states.js";
import { icon } from "./icons.js";

/** <span class="state …">◐ running</span>; `word` replaces the usual one. */
export function badge(state, word) {
  const seen = look(state);
  return element(`span.state.tone-${seen.tone}`, { title: word ?? seen.word }, icon(seen.icon), element("span", null, word ?? seen.word));
}

/** Show another state in a place that shows one; nothing happens when it is the same. */
export function putBadge(place, state, word) {
  const sign = `${state} ${word ?? ""}`;
  if (place.sign === sign) return;
  place.sign = sign;
  place.replaceChildren(badge(state, word));
}
