// How a job looks in a table.

import { now } from "../clock.js";
import { link } from "../router.js";
import { jobState } from "../states.js";
import { count, epoch, percent, relative, short, span, stamp, ticking } from "../words.js";
import { putBadge } from "./badge.js";

const times = (row, name) => epoch(row[name]);

const COLUMNS = [
  { name: "type", title: "Type", phone: "main", text: (row) => row.type ?? "–", href: (row) => link("jobs", row.key) },
  { name: "id", title: "Id", mono: true, phone: "none", text: (row) => short(row.key), tip: (row) => row.key },
  { name: "queue", title: "Queue", phone: "line", text: (row) => row.queue ?? "–" },
  {
    name: "state",
    title: "State",
    phone: "side",
    sign: (row) => `${jobState(row)} ${progress(row) ?? ""}`,
    fill: (cell, row) => putBadge(cell, jobState(row), progress(row)),
  },
  { name: "attempts", title: "Att.", number: true, phone: "none", text: (row) => count(row.attempts + (row.crashes ?? 0)), tip: (row) => `${row.attempts} attempts, ${row.crashes ?? 0} crashes` },
  { name: "age", title: "Age", number: true, text: (row) => ticking(now() - times(row, "enqueued_at")), tip: (row) => `enqueued ${stamp(times(row, "enqueued_at"))}` },
  { name: "when", title: "Ran", number: true, text: ran, tip: moments },
  { name: "worker", title: "Worker", phone: "none", mono: true, text: (row) => workerName(row), tip: (row) => row.worker },
  { name: "text", title: "Payload or error", wide: true, phone: "last", text: (row) => row.text ?? "", tip: (row) => row.text || null },
];

/** The columns of a job, without some. */
export const jobColumns = ({ without = [], state = "" } = {}) =>
  COLUMNS.filter((one) => !without.includes(one.name)).map((one) => (one.name === "when" ? { ...one, title: WHEN[state] ?? one.title } : one));

const WHEN = { scheduled: "Due", processing: "For", pending: "Ran" };

/** How far it is, where it says so. */
function progress(row) {
  const far = typeof row.progress === "number" ? row.progress : row.progress?.fraction;
  return row.state === "processing" && far !== null && far !== undefined ? `running ${percent(far)}` : undefined;
}

/** For how long it runs, or ran; when it is due. */
function ran(row) {
  const [began, ended, due] = [times(row, "started_at"), times(row, "finished_at"), times(row, "due_at")];
  if (row.state === "processing") return began === null ? "–" : ticking(now() - began);
  if (row.state === "scheduled") return due === null ? "waits" : relative(due, now());
  return began !== null && ended !== null ? span(ended - began) : ended !== null ? relative(ended, now()) : "–";
}

function moments(row) {
  const parts = [["started", "started_at"], ["finished", "finished_at"], ["due", "due_at"]];
  return parts.filter(([, name]) => times(row, name) !== null).map(([word, name]) => `${word} ${stamp(times(row, name))}`).join("\n") || null;
}

/** By its name, where it still lives; else by the beginning of its incarnation. */
const workerName = ({ worker, workerName: name }) => name ?? (worker ? worker.slice(0, 8) : "–");

/** Knows the workers that live: adds their names to jobs. */
export function workerNames(screen) {
  const { rows } = screen.watch("workers", {}, null, () => {});
  return (job) => ({ ...job, workerName: rows.get(job.worker)?.name });
}
