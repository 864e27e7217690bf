// Numbers, times and sizes as people read them: three significant digits, units, the exact value in the title.

const NOTHING = "–";

export const absent = (value) => value === null || value === undefined || value === "" || Number.isNaN(value);

function digits(value) {
  const size = Math.abs(value);
  if (size >= 100) return String(Math.round(value));
  if (size >= 10) return trimmed(value.toFixed(1));
  return trimmed(value.toFixed(size >= 1 || size === 0 ? 1 : 2));
}

const trimmed = (text) => (text.includes(".") ? text.replace(/\.?0+$/, "") : text);

/** 950 → 950, 41203 → 41.2k, 1200000 → 1.2M */
export function count(value) {
  if (absent(value)) return NOTHING;
  const size = Math.abs(value);
  if (size < 10_000) return Math.round(value).toLocaleString("en");
  if (size < 999_500) return `${digits(value / 1e3)}k`;
  return size < 999.5e6 ? `${digits(value / 1e6)}M` : `${digits(value / 1e9)}G`;
}

/** All digits: for titles. */
export const exact = (value) => (absent(value) ? "" : Number(value).toLocaleString("en", { maximumFractionDigits: 3 }));

/** A number a second: 0.25 → 0.25/s, 1204 → 1,204/s */
export function rate(value) {
  if (absent(value)) return NOTHING;
  if (value === 0) return "0/s";
  if (value < 0.01) return "<0.01/s";
  return `${value < 100 ? digits(value) : count(value)}/s`;
}

/** A length of time: 12 ms, 1.9 s, 4m 12s, 3h 5m, 2d 4h */
export function span(seconds) {
  if (absent(seconds)) return NOTHING;
  const size = Math.abs(seconds);
  if (size === 0) return "0 s";
  if (size < 0.001) return "<1 ms";
  if (size < 0.9995) return `${digits(seconds * 1000)} ms`;
  if (size < 59.5) return `${digits(seconds)} s`;
  const whole = Math.round(size);
  if (whole < 3600) return pair(Math.floor(whole / 60), "m", whole % 60, "s");
  const minutes = Math.floor(whole / 60);
  if (minutes < 1440) return pair(Math.floor(minutes / 60), "h", minutes % 60, "m");
  const hours = Math.floor(minutes / 60);
  return pair(Math.floor(hours / 24), "d", hours % 24, "h");
}

const pair = (big, bigUnit, small, smallUnit) => `${big}${bigUnit}${small ? ` ${small}${smallUnit}` : ""}`;

/** A length of time that counts up under the eye: whole seconds, so that it does not flicker. */
export const ticking = (seconds) => (absent(seconds) ? NOTHING : seconds < 1 ? "now" : span(Math.floor(seconds)));

/** 12s ago, in 3m, now. */
export function relative(at, now) {
  if (absent(at)) return NOTHING;
  const away = at - now;
  if (Math.abs(away) < 1) return "now";
  const said = span(Math.floor(Math.abs(away)));
  return away > 0 ? `in ${said}` : `${said} ago`;
}

/** The local time of day; with the date when it is another day than today. */
export function clock(at, now = Date.now() / 1000) {
  if (absent(at)) return NOTHING;
  const [then, today] = [new Date(at * 1000), new Date(now * 1000)];
  const time = then.toLocaleTimeString("en-GB");
  return then.toDateString() === today.toDateString() ? time : `${day(then)} ${time}`;
}

const day = (date) => `${date.getFullYear()}-${two(date.getMonth() + 1)}-${two(date.getDate())}`;
const two = (value) => String(value).padStart(2, "0");

/** Date and time to the millisecond, with the zone: for titles. */
export function stamp(at) {
  if (absent(at)) return "";
  const date = new Date(at * 1000);
  const millis = String(date.getMilliseconds()).padStart(3, "0");
  return `${day(date)} ${date.toLocaleTimeString("en-GB")}.${millis} (${date.toISOString()})`;
}

/** hh:mm */
export const minute = (at) => new Date(at * 1000).toLocaleTimeString("en-GB").slice(0, 5);

/** Bytes: 412 MB, 1.2 GB */
export function bytes(value) {
  if (absent(value)) return NOTHING;
  if (value < 1000) return `${Math.round(value)} B`;
  if (value < 999_500) return `${digits(value / 1e3)} kB`;
  return value < 999.5e6 ? `${digits(value / 1e6)} MB` : `${digits(value / 1e9)} GB`;
}

/** A share of one: 0.041 → 4.1 % */
export function percent(share) {
  if (absent(share)) return NOTHING;
  if (share > 0 && share < 0.001) return "<0.1 %";
  return `${digits(share * 100)} %`;
}

/** Seconds since the epoch of what the HTTP interface says as text, or says as a number already. */
export function epoch(value) {
  if (absent(value)) return null;
  return typeof value === "number" ? value : Date.parse(value) / 1000;
}

export const plural = (number, word, many = `${word}s`) => `${count(number)} ${number === 1 ? word : many}`;

/** An id's telling end. */
export const short = (id) => (id && id.length > 22 ? `…${id.slice(-18)}` : id ?? NOTHING);
