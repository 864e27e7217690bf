// The path is the screen, the query string everything else.

const ROOT = "/ui";

/** {screen: "jobs", id: "…" | null, query: URLSearchParams} of an address. */
export function parse(address) {
  const parts = address.pathname.replace(/^\/ui\/?/, "").split("/").filter(Boolean).map(decode);
  return { screen: parts[0] ?? "overview", id: parts.length > 1 ? parts.slice(1).join("/") : null, query: address.searchParams };
}

function decode(part) {
  try {
    return decodeURIComponent(part);
  } catch {
    return part;
  }
}

/** The address of a screen: link("jobs", null, {state: "dead"}) */
export function link(screen, id = null, query = {}) {
  const kept = Object.entries(query).filter(([, value]) => value !== null && value !== undefined && value !== "");
  const tail = kept.length ? `?${new URLSearchParams(kept)}` : "";
  const place = screen === "overview" ? ROOT : `${ROOT}/${screen}`;
  return place + (id === null ? "" : `/${encodeURIComponent(id)}`) + tail;
}

export class Router {
  constructor(show) {
    this._show = show;
  }

  start() {
    addEventListener("popstate", () => this._open());
    document.addEventListener("click", (event) => this._clicked(event));
    this._open();
  }

  /** Go to an address of ours. */
  go(address) {
    if (address === location.pathname + location.search) return;
    history.pushState(null, "", address);
    this._open();
  }

  /** Note a filter in the address without opening the screen anew. */
  note(query) {
    const wanted = new URL(location.href);
    for (const [name, value] of Object.entries(query)) {
      if (value === null || value === undefined || value === "") wanted.searchParams.delete(name);
      else wanted.searchParams.set(name, value);
    }
    history.replaceState(null, "", wanted.pathname + wanted.search);
  }

  _open() {
    this._show(parse(new URL(location.href)));
  }

  _clicked(event) {
    const anchor = event.target.closest?.("a[href]");
    const plain = event.button === 0 && !event.metaKey && !event.ctrlKey && !event.shiftKey && !event.altKey;
    if (!anchor || !plain || event.defaultPrevented || anchor.target || anchor.hasAttribute("download")) return;
    const wanted = new URL(anchor.href);
    const ours = wanted.pathname === ROOT || wanted.pathname.startsWith(`${ROOT}/`) || wanted.pathname === "/";
    if (wanted.origin !== location.origin || !ours || wanted.hash) return;
    event.preventDefault();
    this.go(wanted.pathname + wanted.search);
  }
}
