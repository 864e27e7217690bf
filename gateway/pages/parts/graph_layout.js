// Where the boxes of a workflow stand: layers from left to right, alike siblings folded to one. Pure.

export const BOX = { width: 172, height: 44, across: 56, down: 14 };
/** More alike siblings than this fold to one box. */
export const FOLD = 20;

/**
 * Boxes and lines of these members ({key, name, type, state, parents: [id]}), in so many pixels if they can be had.
 * Returns {boxes: [{id, x, y, members, type, name}], edges: [{from, to}], width, height}.
 */
export function layout(members, room = 0) {
  const boxes = folded(members);
  const edges = linesOf(boxes);
  const layers = layered(boxes, edges);
  order(layers, edges);
  const free = (room - 16 - layers.length * BOX.width) / Math.max(1, layers.length - 1);
  const across = Math.max(30, Math.min(72, room ? free : BOX.across));
  let [width, height] = [0, 0];
  const tallest = Math.max(...layers.map((layer) => layer.length));
  layers.forEach((layer, column) => {
    const above = ((tallest - layer.length) * (BOX.height + BOX.down)) / 2;
    layer.forEach((box, row) => {
      box.x = column * (BOX.width + across) + 4;
      box.y = above + row * (BOX.height + BOX.down) + 6;
      [width, height] = [Math.max(width, box.x + BOX.width + 8), Math.max(height, box.y + BOX.height + 12)];
    });
  });
  return { boxes, edges, width, height };
}

/** Members that have the same type, the same parents and the same children are alike. */
function folded(members) {
  const children = new Map(members.map((one) => [one.key, []]));
  for (const one of members) for (const parent of one.parents) children.get(parent)?.push(one.key);
  const kin = new Map();
  for (const one of members) {
    const sign = JSON.stringify([one.type, [...one.parents].sort(), [...children.get(one.key)].sort()]);
    if (!kin.has(sign)) kin.set(sign, []);
    kin.get(sign).push(one);
  }
  const boxes = [];
  for (const group of kin.values()) {
    const sets = group.length > FOLD ? [group] : group.map((one) => [one]);
    for (const set of sets) boxes.push({ id: set[0].key, type: set[0].type, name: set[0].name, members: set });
  }
  return boxes;
}

function linesOf(boxes) {
  const boxOf = new Map(boxes.flatMap((box) => box.members.map((one) => [one.key, box])));
  const found = new Map();
  for (const box of boxes) {
    for (const one of box.members) {
      for (const parent of one.parents) {
        const from = boxOf.get(parent);
        if (from && from !== box) found.set(`${from.id} ${box.id}`, { from, to: box });
      }
    }
  }
  return [...found.values()];
}

/** Each box one layer behind its last parent. */
function layered(boxes, edges) {
  const parents = new Map(boxes.map((box) => [box, []]));
  for (const { from, to } of edges) parents.get(to).push(from);
  const depth = new Map();
  const deep = (box) => {
    if (depth.has(box)) return depth.get(box);
    depth.set(box, 0); // a cycle cannot be submitted; if one came all the same, it would end here
    depth.set(box, Math.max(-1, ...parents.get(box).map(deep)) + 1);
    return depth.get(box);
  };
  const layers = [];
  for (const box of boxes) (layers[deep(box)] ??= []).push(box);
  return [...layers].map((layer) => layer ?? []);
}

/** Boxes near those they hang on: two sweeps by the mean place of their neighbours. */
function order(layers, edges) {
  const place = new Map();
  const note = (layer) => layer.forEach((box, at) => place.set(box, at));
  layers.forEach(note);
  const mean = (box, side, other) => {
    const near = edges.filter((edge) => edge[side] === box).map((edge) => place.get(edge[other]));
    return near.length ? near.reduce((sum, one) => sum + one, 0) / near.length : place.get(box);
  };
  for (let sweep = 0; sweep < 2; sweep += 1) {
    for (const layer of layers.slice(1)) arrange(layer, (box) => mean(box, "to", "from"), note);
    for (const layer of layers.slice(0, -1).reverse()) arrange(layer, (box) => mean(box, "from", "to"), note);
  }
}

function arrange(layer, weigh, note) {
  const weights = new Map(layer.map((box) => [box, weigh(box)]));
  layer.sort((a, b) => weights.get(a) - weights.get(b));
  note(layer);
}
