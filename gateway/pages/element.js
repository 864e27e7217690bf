// The one way that markup is made here: nodes and text, never text that becomes markup.
// What jobs carry was written by strangers.

const SVG = "http://www.w3.org/2000/svg";

/** element("td.number", {title: "…", on: {click: f}, style: {"--share": 0.4}}, "text", node, [more], null) */
export function element(what, props, ...children) {
  const [tag, ...classes] = what.split(".");
  return filled(document.createElement(tag || "div"), classes, props, children);
}

/** The same for a node of a drawing. */
export function shape(what, props, ...children) {
  const [tag, ...classes] = what.split(".");
  return filled(document.createElementNS(SVG, tag), classes, props, children);
}

function filled(node, classes, props, children) {
  for (const one of classes) node.classList.add(one);
  for (const [name, value] of Object.entries(props ?? {})) set(node, name, value);
  add(node, children);
  return node;
}

function set(node, name, value) {
  if (value === null || value === undefined || value === false) return;
  if (name === "on") {
    for (const [event, listener] of Object.entries(value)) node.addEventListener(event, listener);
  } else if (name === "style") {
    // Through the CSSOM: the policy forbids the attribute.
    for (const [property, one] of Object.entries(value)) node.style.setProperty(property, String(one));
  } else if (name === "class") {
    node.classList.add(...value.split(" ").filter(Boolean));
  } else {
    node.setAttribute(name, value === true ? "" : String(value));
  }
}

/** Append children: nodes, text, numbers, lists of these; null and false are nothing. */
export function add(node, children) {
  for (const child of children.flat(4)) {
    if (child === null || child === undefined || child === false) continue;
    node.append(child instanceof Node ? child : document.createTextNode(String(child)));
  }
  return node;
}

/** Replace all children. */
export function fill(node, ...children) {
  node.replaceChildren();
  return add(node, children);
}

/** Set a node's text if it differs: an untouched cell costs no layout. */
export function put(node, text) {
  const wanted = text === null || text === undefined ? "" : String(text);
  if (node.textContent !== wanted) node.textContent = wanted;
}

/** Set an attribute if it differs; null removes it. */
export function mark(node, name, value) {
  if (value === null || value === undefined || value === false) {
    if (node.hasAttribute(name)) node.removeAttribute(name);
  } else if (node.getAttribute(name) !== String(value)) {
    node.setAttribute(name, String(value));
  }
}
