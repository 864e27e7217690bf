// The drawing of a workflow: laid out once, its states changed in place.

import { element, fill, mark, put, shape } from "../element.js";
import { link } from "../router.js";
import { look } from "../states.js";
import { icon } from "./icons.js";
import { BOX, layout } from "./graph_layout.js";

const LONGEST = 19;
/** Which state stands for a folded box: the one a person should see first. */
const WEIGHT = ["dead", "processing", "scheduled", "pending", "waiting", "cancelled", "skipped", "completed"];

export class Graph {
  constructor(label) {
    this.node = element("div.graph", { tabindex: "0", role: "region", "aria-label": label });
    this._nodes = new Map();
  }

  /** Draw these members; a new shape is laid out anew, a known one only changes its colours. */
  draw(members) {
    const sign = members.map((one) => `${one.key}<${one.parents.join()}`).join(" ");
    if (sign !== this._sign) this._build(members, sign);
    const byKey = new Map(members.map((one) => [one.key, one]));
    const states = new Map();
    for (const box of this._plan.boxes) {
      const own = box.members.map((one) => byKey.get(one.key) ?? one);
      states.set(box, this._paint(box, own));
    }
    this._plan.edges.forEach((edge, at) => {
      const tone = states.get(edge.from) === "completed" ? (states.get(edge.to) === "processing" ? "running" : "done") : states.get(edge.from) === "dead" ? "dead" : "";
      mark(this._lines[at], "class", `edge ${tone}`);
    });
  }

  _build(members, sign) {
    this._sign = sign;
    this._plan = layout(members, this.node.clientWidth);
    const { boxes, edges, width, height } = this._plan;
    this._lines = edges.map((edge) => shape("path.edge", { d: curve(edge) }));
    this._nodes.clear();
    const drawn = boxes.map((box) => this._box(box));
    fill(this.node, shape("svg", { width, height, viewBox: `0 0 ${width} ${height}`, role: "group", "aria-label": this.node.getAttribute("aria-label") }, this._lines, drawn));
  }

  _box(box) {
    const many = box.members.length > 1;
    const parts = { sub: shape("text.sub", { x: box.x + 34, y: box.y + 34 }), mark: shape("g.mark", { transform: `translate(${box.x + 11} ${box.y + 14})` }) };
    parts.share = many && shape("rect.share", { x: box.x + 1, y: box.y + BOX.height - 4, height: 3, width: 0, rx: 1.5 });
    const title = many ? `${box.type} × ${box.members.length}` : box.name || box.type;
    parts.group = shape(
      `g.node${many ? ".folded" : ""}`,
      null,
      many && shape("rect.back", { x: box.x + 5, y: box.y + 5, width: BOX.width, height: BOX.height, rx: 8 }),
      shape("rect.box", { x: box.x, y: box.y, width: BOX.width, height: BOX.height, rx: 8 }),
      parts.mark,
      shape("text", { x: box.x + 34, y: box.y + 19 }, cut(title)),
      parts.sub,
      parts.share,
    );
    const href = many ? null : link("jobs", box.id);
    parts.anchor = href ? shape("a", { href }, parts.group) : parts.group;
    this._nodes.set(box, parts);
    return parts.anchor;
  }

  /** Colour a box by the states of its members; returns the one that stands for it. */
  _paint(box, members) {
    const parts = this._nodes.get(box);
    const counts = new Map();
    for (const { state } of members) counts.set(state, (counts.get(state) ?? 0) + 1);
    const main = WEIGHT.find((state) => counts.has(state)) ?? members[0].state;
    const { tone, icon: drawn, word } = look(main);
    const said = members.length > 1 ? tally(counts) : word;
    mark(parts.group, "data-tone", tone);
    put(parts.sub, members.length > 1 ? shortTally(counts, members.length) : underline(members[0], word));
    mark(parts.anchor, "aria-label", `${box.name || box.type}: ${said}`);
    if (parts.mark.sign !== drawn) fill(parts.mark, ...icon(drawn).childNodes);
    parts.mark.sign = drawn;
    if (parts.share) mark(parts.share, "width", ((counts.get("completed") ?? 0) / members.length) * (BOX.width - 2));
    return main;
  }
}

/** "160 completed, 2 dead", the one that a person should see first. */
const tally = (counts) =>
  [...counts]
    .sort((a, b) => WEIGHT.indexOf(a[0]) - WEIGHT.indexOf(b[0]))
    .map(([state, n]) => `${n} ${look(state).word}`)
    .join(", ");

/** The same in a box: how many are done, and how many are dead. */
function shortTally(counts, all) {
  const [done, dead] = [counts.get("completed") ?? 0, counts.get("dead") ?? 0];
  return `${done === all ? "all" : `${done} of ${all}`} done${dead ? `, ${dead} dead` : ""}`;
}

/** The state, and the type before it where there is room. */
function underline({ name, type }, word) {
  const both = `${type} · ${word}`;
  return name && name !== type && both.length <= 21 ? both : word;
}

function curve({ from, to }) {
  const [x1, y1, x2, y2] = [from.x + BOX.width, from.y + BOX.height / 2, to.x, to.y + BOX.height / 2];
  const bend = Math.max(24, (x2 - x1) / 2);
  return `M${x1} ${y1}C${x1 + bend} ${y1} ${x2 - bend} ${y2} ${x2} ${y2}`;
}

const cut = (text) => (text.length > LONGEST ? `${text.slice(0, LONGEST - 1)}…` : text);
