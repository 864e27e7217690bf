// What the tests ask of a page about reach; each function gives the offences it finds.

const seen = (node) => node.checkVisibility({ checkOpacity: true, checkVisibilityCSS: true }) && !node.closest(".unseen, .skip");
const told = (node) => `${node.tagName.toLowerCase()}.${[...node.classList].join(".")} “${(node.textContent ?? "").trim().slice(0, 40)}”`;

/** Nodes beyond the right edge, when the page can be scrolled there. */
function tooWide() {
  if (document.documentElement.scrollWidth <= innerWidth) return [];
  const beyond = [...document.querySelectorAll("body *")].filter((node) => seen(node) && node.getBoundingClientRect().right > innerWidth + 1);
  return [`${document.documentElement.scrollWidth} px`, ...beyond.slice(0, 4).map(told)];
}

/** Controls and drawings without a name. */
function nameless() {
  const name = (node) => {
    const by = node.getAttribute("aria-labelledby");
    return node.getAttribute("aria-label") || (by && document.getElementById(by)?.textContent) || node.labels?.[0]?.textContent || node.textContent.trim() || node.title;
  };
  const controls = [...document.querySelectorAll("a[href], button, input, select, textarea, [role=img], [role=progressbar], table, nav, dialog")];
  return controls.filter((node) => seen(node) && !name(node)).map(told);
}

/** Text whose contrast with what is behind it is below `least`. */
function pale(least) {
  const canvas = document.createElement("canvas");
  canvas.width = canvas.height = 1;
  const pen = canvas.getContext("2d", { willReadFrequently: true });
  const mixed = (colours) => {
    pen.clearRect(0, 0, 1, 1);
    for (const colour of colours) {
      pen.fillStyle = colour;
      pen.fillRect(0, 0, 1, 1);
    }
    return [...pen.getImageData(0, 0, 1, 1).data].slice(0, 3);
  };
  const light = (rgb) => {
    const [r, g, b] = rgb.map((part) => (part / 255 <= 0.04045 ? part / 255 / 12.92 : ((part / 255 + 0.055) / 1.055) ** 2.4));
    return 0.2126 * r + 0.7152 * g + 0.0722 * b;
  };
  const behind = (node) => {
    const layers = [];
    for (let one = node; one; one = one.parentElement) layers.unshift(getComputedStyle(one).backgroundColor);
    return layers;
  };
  const found = [];
  const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  while (walker.nextNode()) {
    const node = walker.currentNode.parentElement;
    if (!walker.currentNode.textContent.trim() || !seen(node) || node.closest("svg, :disabled, option, noscript, script")) continue;
    const layers = behind(node);
    const [front, back] = [light(mixed([...layers, getComputedStyle(node).color])), light(mixed(layers))];
    const ratio = (Math.max(front, back) + 0.05) / (Math.min(front, back) + 0.05);
    if (ratio < least) found.push(`${told(node)} ${ratio.toFixed(2)}`);
  }
  return [...new Set(found)];
}
