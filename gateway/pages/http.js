// Requests to the gateway: JSON in, JSON out, errors that can be shown to people.

import { session } from "./session.js";

/** An answer other than success; its message is the gateway's own, `said` all of its JSON. */
export class Refused extends Error {
  constructor(status, message, said = null) {
    super(message);
    this.status = status;
    this.said = said;
  }
}

const WITHIN = 15_000;

/** Ask; the answer's JSON. Raises Refused, also when nobody answers (status 0). */
export async function ask(method, path, body) {
  let answer;
  try {
    answer = await fetch(path, {
      method,
      headers: headers(method),
      body: method === "POST" ? JSON.stringify(body ?? {}) : undefined,
      credentials: "same-origin",
      cache: "no-store",
      signal: AbortSignal.timeout(WITHIN),
    });
  } catch (error) {
    const late = error.name === "TimeoutError";
    throw new Refused(0, late ? "the gateway did not answer within 15 s" : "the gateway cannot be reached");
  }
  if (answer.status === 401) signIn();
  const said = await answer.json().catch(() => null);
  if (!answer.ok) throw new Refused(answer.status, said?.error ?? `the gateway answered ${answer.status}`, said);
  return said;
}

export const get = (path) => ask("GET", path);

/** A path with its parts made safe: path`/tasks/${id}` */
export const path = (texts, ...values) =>
  texts.reduce((made, text, at) => made + text + (at < values.length ? encodeURIComponent(values[at]) : ""), "");

/** A query string of what is not empty, with its question mark. */
export function query(values) {
  const kept = Object.entries(values).filter(([, value]) => value !== null && value !== undefined && value !== "");
  return kept.length ? `?${new URLSearchParams(kept)}` : "";
}

function headers(method) {
  const json = { Accept: "application/json" };
  if (method === "GET") return json;
  const csrf = session.csrf ? { "X-CSRF-Token": session.csrf } : {};
  return { ...json, "Content-Type": "application/json", ...csrf };
}

/** Whoever is not known signs in, and comes back to where they were. */
export function signIn() {
  location.assign(`/login${query({ next: location.pathname + location.search })}`);
}
