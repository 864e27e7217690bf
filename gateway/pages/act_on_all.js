// Doing one thing to all that a search means, chunk by chunk, with how far it is; it can be stopped by leaving the screen.

import { ask } from "./http.js";
import { confirm } from "./parts/dialog.js";
import { done, failed } from "./parts/say.js";
import { exact, plural } from "./words.js";

/** More than so many, or nobody knows how many, and the word must be typed. */
const TYPED = 1000;

const WORDS = {
  cancel: { yes: "Cancel all of them", did: "cancelled", text: "Those that wait never start. What runs goes on." },
  retry: { yes: "Retry all of them", did: "back in the queue", text: "They join the ends of their queues, with all their retries. If what killed them is not mended, they come back." },
  delete: { yes: "Delete all of them", did: "deleted", text: "They are forgotten for good, with their payloads and errors." },
};

/**
 * `what` is "cancel", "retry" or "delete"; `wanted` is {q, queue}; `page` is how far the search has come. `told(text)`
 * says how far it is; `given_up()` whether nobody wants it any more. Resolves to true when something was done.
 */
export async function actOnAll(what, wanted, page, told, given_up) {
  const words = WORDS[what];
  const number = page.cursor ? `at least ${plural(page.found, "job")}` : plural(page.found, "job");
  const sure = await confirm({
    title: `${words.yes}: ${number}?`,
    text: `All that match ${wanted.q}${page.cursor ? ", further on as well" : ""}. ${words.text} Those that have gone on in the meantime, or come from now on, are left alone.`,
    yes: words.yes,
    typed: what === "delete" || page.cursor || page.found > TYPED ? what : undefined,
    danger: what !== "retry",
  });
  return Boolean(sure) && chunks(what, wanted, words, told, given_up);
}

async function chunks(what, wanted, { did }, told, given_up) {
  let [cursor, until, number, skipped] = [null, null, 0, 0];
  const said = () => `${exact(number)} ${did}${skipped ? `, ${exact(skipped)} had gone on` : ""}`;
  try {
    do {
      const answer = await ask("POST", "/tasks/act", { do: what, q: wanted.q, ...(wanted.queue && { queue: wanted.queue }), ...(cursor && { cursor, until }) });
      [cursor, until, number, skipped] = [answer.cursor, answer.until, number + answer.done, skipped + answer.skipped];
      told(`${said()}; looked at ${exact(answer.looked_at)}…`);
    } while (cursor && !given_up());
    done(cursor ? `Stopped: ${said()}` : said());
  } catch (error) {
    failed(number ? `${error.message}; ${said()} before` : error.message);
  }
  return number > 0;
}
