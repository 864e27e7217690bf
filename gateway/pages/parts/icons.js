// Small drawings on a grid of 16: outlines in the colour of the text around them.

import { shape } from "../element.js";

const PATHS = {
  overview: "M2.5 9.5h3v4h-3zM6.500 5.500h3v8h-3zM10.500 2.500h3v11h-3z",
  jobs: "M5.500 3.500h8M5.500 8h8M5.500 12.500h8M2.500 3.500h.01M2.500 8h.01M2.500 12.500h.01",
  dead: "M8 2.200 14.300 13.300H1.700zM8 6.500v3.200M8 11.500h.01",
  queues: "M2.500 4h11M2.500 8h8M2.500 12h5",
  workers: "M2.500 2.500h4.500v4.500H2.500zM9 2.500h4.500v4.500H9zM2.500 9h4.500v4.500H2.500zM9 9h4.500v4.500H9z",
  schedules: "M8 2a6 6 0 1 0 0 12A6 6 0 0 0 8 2zM8 4.800V8l2.300 1.600",
  workflows: "M2 6.200h3.600v3.600H2zM10.400 2h3.600v3.600h-3.600zM10.400 10.400h3.600V14h-3.600zM5.600 8h2.400M8 3.800v8.400M8 3.800h2.400M8 12.200h2.400",
  activity: "M1.500 8h3l2-5 3 10 2-5h3",
  ring: "M8 3.200a4.800 4.800 0 1 0 0 9.600 4.800 4.800 0 0 0 0-9.600z",
  clock: "M8 2.700a5.300 5.300 0 1 0 0 10.600A5.300 5.300 0 0 0 8 2.700zM8 5.200V8l1.900 1.400",
  half: "M8 3.200a4.800 4.800 0 1 0 0 9.600 4.800 4.800 0 0 0 0-9.600z",
  tick: "M3 8.500 6.500 12 13 4.500",
  cross: "M4 4l8 8M12 4l-8 8",
  again: "M13 8a5 5 0 1 1-1.600-3.700M13 2.500v3h-3",
  slash: "M8 3.200a4.800 4.800 0 1 0 0 9.600 4.800 4.800 0 0 0 0-9.600zM4.700 11.300l6.600-6.600",
  bars: "M5.500 3.500v9M10.500 3.500v9",
  dots: "M3.500 8h.01M8 8h.01M12.500 8h.01",
  play: "M5 3.200v9.600L12.500 8z",
  pause: "M5.500 3.500v9M10.500 3.500v9",
  search: "M7 2.500a4.500 4.500 0 1 0 0 9 4.500 4.500 0 0 0 0-9zM10.300 10.300 14 14",
  help: "M8 2a6 6 0 1 0 0 12A6 6 0 0 0 8 2zM6.200 6.300a1.900 1.900 0 1 1 2.600 1.800c-.5.200-.8.600-.8 1.100M8 11.200h.01",
  theme: "M8 2a6 6 0 1 0 0 12A6 6 0 0 0 8 2z",
  plus: "M8 3v10M3 8h10",
  minus: "M3 8h10",
  copy: "M5.500 5.500h7.500v7.500H5.500zM3 10.500V3h7.500",
  more: "M3.500 8h.01M8 8h.01M12.500 8h.01",
  right: "M6 3.500 10.500 8 6 12.500",
  down: "M3.500 6 8 10.500 12.500 6",
  trash: "M3 4.500h10M6.500 4.500v-2h3v2M4.500 4.500l.6 9h5.800l.6-9",
  edit: "M3 13l.6-3L10.500 3 13 5.500 6 12.400z",
  warn: "M8 2.200 14.300 13.300H1.700zM8 6.500v3.200M8 11.500h.01",
  info: "M8 2a6 6 0 1 0 0 12A6 6 0 0 0 8 2zM8 7.500v3.500M8 5h.01",
  table: "M2.500 3h11v10h-11zM2.500 6.500h11M6.500 6.500V13",
  out: "M6.500 3H3v10h3.500M10 5l3 3-3 3M13 8H6.500",
  kill: "M4 4l8 8M12 4l-8 8",
  reload: "M13 8a5 5 0 1 1-1.600-3.700M13 2.500v3h-3",
  left: "M10 3.500 5.500 8 10 12.500",
};

/** The drawing of that name; it says nothing to a screen reader, the word beside it does. */
export function icon(name) {
  const drawing = shape("svg.icon", { viewBox: "0 0 16 16", "aria-hidden": "true", focusable: "false" });
  drawing.append(shape("path", { d: PATHS[name] ?? PATHS.ring }));
  if (name === "half" || name === "theme") {
    const r = name === "half" ? 4.8 : 6;
    drawing.append(shape("path.solid", { d: `M8 ${8 - r}a${r} ${r} 0 0 1 0 ${2 * r}z` }));
  }
  return drawing;
}

/** The mark of the house: a crook, and three of the herd. */
export function logo() {
  return shape(
    "svg.logo",
    { viewBox: "0 0 32 32", "aria-hidden": "true" },
    shape("rect", { width: 32, height: 32, rx: 8 }),
    shape("path", { d: "M20.5 7.500a4 4 0 0 0-7.500 2c0 3 2.500 3.500 2.500 6.500V25" }),
    shape("circle", { cx: 8.5, cy: 20, r: 2 }),
    shape("circle", { cx: 23, cy: 16.5, r: 2 }),
    shape("circle", { cx: 21.5, cy: 23, r: 2 }),
  );
}
