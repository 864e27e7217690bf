// The screens: what each is called, what opens its list, what opens one of it.

import { activity } from "./activity.js";
import { dead } from "./dead.js";
import { job } from "./job.js";
import { jobs } from "./jobs.js";
import { overview } from "./overview.js";
import { queue } from "./queue.js";
import { queues } from "./queues.js";
import { schedules } from "./schedules.js";
import { workers } from "./workers.js";
import { workflow } from "./workflow.js";
import { workflows } from "./workflows.js";
import { isLimited, may, session } from "../session.js";

export const screens = {
  overview: { title: "Overview", open: overview },
  jobs: { title: "Jobs", open: jobs, one: job },
  dead: { title: "Dead", open: dead, one: job },
  queues: { title: "Queues", open: queues, one: queue },
  workers: { title: "Workers", open: workers, shown: () => !isLimited() },
  schedules: { title: "Schedules", open: schedules, shown: () => !isLimited() },
  workflows: { title: "Workflows", open: workflows, one: workflow, shown: () => !isLimited() },
  activity: { title: "Activity", open: activity, shown: () => session.known && may("admin") && !isLimited() },
};
