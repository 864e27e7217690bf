// Everything that people can do: one request each, told in a toast; what cannot be taken back is asked twice.

import { ask, path, query } from "./http.js";
import { confirm } from "./parts/dialog.js";
import { done, failed } from "./parts/say.js";
import { count, plural } from "./words.js";

/** The rights that the gateway asks for: work is handed in with the one, the herd is run with the other. */
export const SUBMIT = "submit";
export const ADMIN = "admin";

/** Do it, say so, and give back the answer; undefined when it was refused, which is said as well. */
export async function act(method, where, body, said) {
  try {
    const answer = await ask(method, where, body);
    done(typeof said === "function" ? said(answer) : said);
    return answer;
  } catch (error) {
    failed(error.message);
    return undefined;
  }
}

const post = (where, said, body) => act("POST", where, body, said);

export const pauseQueue = (name) => post(path`/queues/${name}/pause`, `Queue ${name} is paused: it takes jobs and gives none out`);
export const resumeQueue = (name) => post(path`/queues/${name}/resume`, `Queue ${name} gives out jobs again`);

/** Cancel all that is pending in a queue. */
export async function purgeQueue(name, pending) {
  const sure = await confirm({
    title: `Purge queue ${name}?`,
    text: `All ${count(pending)} pending jobs of ${name} are cancelled. What runs, is scheduled or is dead stays.`,
    yes: "Purge",
    typed: name,
  });
  return sure && post(path`/queues/${name}/purge`, (answer) => `${plural(answer.cancelled, "job")} of ${name} cancelled`);
}

export const cancelJob = (id, running) =>
  act("DELETE", path`/tasks/${id}` + (running ? "?running=true" : ""), undefined, running ? "The job was asked to stop" : "The job is cancelled");

export const runAgain = (id) => post(path`/tasks/${id}/again`, "It runs again, as a new job");

export const retryLetter = (id, data) => post(path`/dlq/${id}/retry`, "Back in its queue", data === undefined ? undefined : { data });

export async function deleteLetter(id) {
  const sure = await confirm({ title: "Delete this dead letter?", text: `${id} is forgotten for good, with its payload and its error.`, yes: "Delete" });
  return sure && act("DELETE", path`/dlq/${id}`, undefined, "Deleted");
}

/** More dead letters than this are not retried without a question. */
const ASKED = 100;

/** Retry the `number` dead letters that match, or the first `limit`; `filter` is {queue, type, fingerprint} or {all: true}. */
export async function retryMany(filter, number, limit) {
  const many = !limit && number > ASKED;
  const text = "They join the ends of their queues, with all their retries. If what killed them is not mended, they come back.";
  const sure = !many || (await confirm({ title: `Retry ${plural(number, "dead letter")}?`, text, yes: "Retry all of them", danger: false }));
  return sure && retryNow(filter, limit);
}

const retryNow = (filter, limit) =>
  post("/dlq/retry", (answer) => `${plural(answer.retried, "dead letter")} back in the queue`, { ...filter, ...(limit ? { limit } : {}) });

export async function deleteMany(filter, number, what) {
  const sure = await confirm({
    title: `Delete ${plural(number, "dead letter")}?`,
    text: `${what}. They are forgotten for good, with their payloads and errors.`,
    yes: "Delete all of them",
    typed: "delete",
  });
  return sure && act("DELETE", `/dlq${query(filter)}`, undefined, (answer) => `${plural(answer.deleted, "dead letter")} deleted`);
}

export const scalePool = (name, to) => post(path`/pools/${name}/scale`, (answer) => `Pool ${name}: ${plural(answer.desired, "worker")} wanted`, { to: String(to) });
export const reloadPool = (name) => post(path`/pools/${name}/reload`, `Pool ${name} reloads, one worker after another`);

export async function restartPool(name) {
  const sure = await confirm({
    title: `Restart pool ${name}?`,
    text: "All its workers are replaced at once. What they run goes on until the drain's deadline; what has not ended by then goes back into its queue.",
    yes: "Restart",
  });
  return sure && post(path`/pools/${name}/restart`, `Pool ${name} restarts`);
}

export async function killWorker(name, job) {
  const sure = await confirm({
    title: `Kill worker ${name}?`,
    text: job ? `It runs ${job}: that job goes back into its queue and is not charged. The worker is replaced.` : "It has no job in hand. It is replaced.",
    yes: "Kill",
  });
  return sure && post(path`/workers/${name}/kill`, `Worker ${name} is killed`);
}

export const runSchedule = (name) => post(path`/schedules/${name}/run`, `Schedule ${name}: a job is in its queue`);
export const pauseSchedule = (name) => post(path`/schedules/${name}/pause`, `Schedule ${name} is paused`);
export const resumeSchedule = (name) => post(path`/schedules/${name}/resume`, `Schedule ${name} fires again`);

export async function cancelFlow(id) {
  const sure = await confirm({ title: "Cancel this workflow?", text: "What has not started never will; what runs is asked to stop.", yes: "Cancel the workflow" });
  return sure && act("DELETE", path`/flows/${id}`, undefined, "The workflow is cancelled");
}
