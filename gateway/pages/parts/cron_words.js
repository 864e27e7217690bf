// A cron expression in words, where that is easy; otherwise as it is written. Pure.

const DAYS = ["Sunday", "Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday"];
const SHORT = ["sun", "mon", "tue", "wed", "thu", "fri", "sat"];
const NAMED = { "@hourly": "every hour", "@daily": "every day at 00:00", "@midnight": "every day at 00:00", "@weekly": "every Sunday at 00:00", "@monthly": "on day 1 of each month at 00:00", "@yearly": "once a year", "@annually": "once a year" };

const isNumber = (text) => /^\d{1,2}$/.test(text);
const every = (text) => /^\*\/(\d{1,2})$/.exec(text)?.[1];
const two = (text) => text.padStart(2, "0");

/** "0 3 * * *" → "every day at 03:00" */
export function cronWords(cron) {
  if (NAMED[cron]) return NAMED[cron];
  const fields = cron.trim().split(/\s+/);
  if (fields.length === 6) {
    if (fields[0] === "0") return cronWords(fields.slice(1).join(" ")); // six fields have the seconds in front
    const seconds = every(fields[0]);
    return fields.slice(1).every((one) => one === "*") && seconds ? `every ${seconds} seconds` : cron;
  }
  if (fields.length !== 5) return cron;
  const [minute, hour, day, month, weekday] = fields;
  if (month !== "*") return cron;
  const when = dayWords(day, weekday);
  if (when === null) return cron;
  if (isNumber(minute) && isNumber(hour)) return `${when} at ${two(hour)}:${two(minute)}`;
  if (when !== "every day") return cron;
  return withinDay(minute, hour) ?? cron;
}

function withinDay(minute, hour) {
  if (minute === "*" && hour === "*") return "every minute";
  if (every(minute) && hour === "*") return `every ${every(minute)} minutes`;
  if (isNumber(minute) && hour === "*") return minute === "0" ? "every hour" : `every hour at :${two(minute)}`;
  if (isNumber(minute) && every(hour)) return `every ${every(hour)} hours at :${two(minute)}`;
  return null;
}

function dayWords(day, weekday) {
  if (day === "*" && weekday === "*") return "every day";
  if (isNumber(day) && weekday === "*") return `on day ${day} of each month`;
  if (day !== "*") return null;
  if (/^(1-5|mon-fri)$/i.test(weekday)) return "Monday to Friday";
  const at = SHORT.indexOf(weekday.toLowerCase());
  const name = DAYS[isNumber(weekday) ? Number(weekday) : at];
  return name ? `every ${name}` : null;
}
