// The store's own health: memory against its limit, durability, policy, and who sweeps.

import { element } from "../element.js";
import { now } from "../clock.js";
import { bytes, percent, relative, stamp } from "../words.js";

/** What the overview's figures say of the store. */
export function storeFacts(rows) {
  const [used, limit] = [rows.value("store_memory"), rows.value("store_memory_limit")];
  const share = limit ? used / limit : null;
  const policy = rows.value("store_policy");
  const swept = rows.value("janitor_at");
  const late = swept !== null && swept !== undefined && now() - swept > 15;
  return [
    share !== null && element("div.meter", { "data-tone": share > 0.8 ? "dead" : "running", style: { "--share": Math.min(1, share) }, role: "img", "aria-label": `${percent(share)} of the store's memory` }, element("i")),
    element(
      "dl.facts",
      null,
      fact("Memory", limit ? `${bytes(used)} of ${bytes(limit)}` : `${bytes(used)}, no limit`, share > 0.8 && "dead"),
      fact("Durability", DURABILITY[rows.value("store_fsync")] ?? rows.value("store_fsync") ?? "–", rows.value("store_fsync") === "none" && "retry"),
      fact("When full", policy ?? "–", policy && policy !== "noeviction" && "dead"),
      fact("Janitor swept", swept ? relative(Math.min(swept, now()), now()) : "never", late && "retry", stamp(swept)),
    ),
  ];
}

const DURABILITY = { everysec: "fsync each second", always: "fsync each write", no: "no fsync", none: "nothing on disk" };

function fact(name, said, tone, title) {
  return [element("dt", null, name), element("dd", { "data-tone": tone || null, title: title ?? null }, tone ? element("b.tinted", null, said) : said)];
}
