// What can be done with one job, by the state it is in.

import { ADMIN, SUBMIT, cancelJob, deleteLetter, retryLetter, runAgain } from "../acts.js";
import { get, path } from "../http.js";
import { link } from "../router.js";
import { copied } from "./json_view.js";
import { failed } from "./say.js";
import { editAndRetry, submitForm } from "./submit.js";

const WAITING = ["pending", "scheduled"];
const OVER = ["completed", "cancelled"];

/** The acts of a job: [{text, icon, run, right, kind}]; `job` has key, type, queue, state. */
export function jobActs(job, screen) {
  const state = job.state ?? job.status;
  const go = (to) => screen.router.go(to);
  const acts = [];
  if (state === "dead") {
    acts.push({ text: "Retry", icon: "again", kind: "primary", right: ADMIN, run: () => retryLetter(job.key) });
    acts.push({ text: "Edit and retry", icon: "edit", right: ADMIN, run: () => edited(job) });
  }
  if (WAITING.includes(state)) acts.push({ text: "Cancel", icon: "cross", kind: "danger", right: SUBMIT, run: () => cancelJob(job.key, false) });
  if (state === "processing") acts.push({ text: "Ask to stop", icon: "cross", kind: "danger", right: SUBMIT, run: () => cancelJob(job.key, true) });
  if (OVER.includes(state)) acts.push({ text: "Run again", icon: "again", right: SUBMIT, run: () => again(job, go) });
  if (state === "dead") acts.push({ text: "Delete", icon: "trash", kind: "danger", right: ADMIN, run: () => deleteLetter(job.key) });
  return acts;
}

/** The same for a row's menu, with the way to the job itself. */
export function jobMenu(job, screen) {
  return [
    { text: "Open", icon: "right", run: () => screen.router.go(link("jobs", job.key)) },
    ...jobActs(job, screen).map((one) => ({ ...one, kind: one.kind === "danger" ? "danger" : "" })),
    { text: "Copy id", icon: "copy", run: () => copied(job.key, "Id") },
  ];
}

async function again(job, go) {
  const answer = await runAgain(job.key);
  if (answer?.id) go(link("jobs", answer.id));
}

async function edited(job) {
  try {
    const { data } = await get(path`/tasks/${job.key}`);
    await editAndRetry(job.key, data, (value) => retryLetter(job.key, value));
  } catch (error) {
    failed(error.message);
  }
}

/** The request that submits a job like this one. */
export function asCurl(job) {
  const body = { type: job.type, data: job.data, queue: job.queue };
  return `curl -XPOST ${location.origin}/tasks -H 'content-type: application/json' -d '${JSON.stringify(body).replaceAll("'", "'\\''")}'`;
}

/** A form with this job's fields, to submit one like it. */
export const alike = (job, screen) => submitForm((to) => screen.router.go(to), { type: job.type, queue: job.queue, data: job.data });
