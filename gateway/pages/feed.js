// The live feed: one socket, subscriptions that outlive it, a state that people can see. See docs/live.md.

import { hear } from "./clock.js";
import { Rows } from "./rows.js";

const FIRST_RETRY = 0.5;
const LAST_RETRY = 15;
/** Seconds without any frame, beyond three intervals, after which the socket is taken for dead. */
const PATIENCE = 4;

export class Feed {
  constructor(address) {
    this.address = address;
    this.state = "connecting"; // live, lost
    this.interval = 1;
    this.lag = 0;
    this.heardAt = null; // by this tab's clock, seconds
    this.retryAt = null;
    this.hello = null;
    this._listeners = new Set();
    this._subs = new Map();
    this._next = 1;
    this._epoch = null;
    this._failures = 0;
    this._n = 0;
  }

  /** Tell `listener(kind)` of each change: "state", "hello", "tick". Returns what ends it. */
  listen(listener) {
    this._listeners.add(listener);
    return () => this._listeners.delete(listener);
  }

  start() {
    document.addEventListener("visibilitychange", () => this._send({ t: "idle", idle: document.hidden }));
    addEventListener("online", () => this.retryNow());
    setInterval(() => this._watch(), 1000);
    this._connect();
  }

  /** Subscribe; `changed(rows)` after each snapshot and difference, `failed({code, text, retry})` on an error. */
  subscribe(topic, args, changed, failed = () => {}) {
    const sub = { id: this._next++, topic, args, changed, failed, rows: new Rows() };
    this._subs.set(sub.id, sub);
    this._ask(sub);
    return {
      rows: sub.rows,
      change: (other) => {
        sub.args = other;
        sub.rows.seq = null;
        this._ask(sub);
      },
      close: () => {
        this._subs.delete(sub.id);
        this._send({ t: "unsub", id: sub.id });
      },
    };
  }

  retryNow() {
    if (this.state === "lost" && this.retryAt !== null) this._connect();
  }

  _connect() {
    clearTimeout(this._timer);
    this.retryAt = null;
    const socket = new WebSocket(this.address);
    this._socket = socket;
    socket.onmessage = (event) => socket === this._socket && this._heard(JSON.parse(event.data));
    socket.onclose = (event) => socket === this._socket && this._lost(event.code, event.reason);
  }

  _lost(code, reason = "") {
    this._socket = null;
    const wait = Math.min(LAST_RETRY, FIRST_RETRY * 2 ** this._failures) * (0.75 + Math.random() / 2);
    this._failures += 1;
    this.retryAt = Date.now() / 1000 + wait;
    this._timer = setTimeout(() => this._connect(), wait * 1000);
    [this.closeCode, this.closeReason] = [code, reason];
    this.state = "lost";
    this._tell("state");
  }

  /** A socket that says nothing is no better than none. */
  _watch() {
    const silent = Date.now() / 1000 - (this.heardAt ?? Date.now() / 1000);
    if (this.state === "live" && !document.hidden && silent > 3 * this.interval + PATIENCE) {
      const dead = this._socket;
      this._lost(0);
      dead?.close();
    }
    this._tell("second");
  }

  _heard(frame) {
    this._n = frame.n;
    this.heardAt = Date.now() / 1000;
    const sub = this._subs.get(frame.id);
    if (frame.t === "hello") this._greeted(frame);
    else if (frame.t === "tick") this._ticked(frame);
    else if (frame.t === "err" && sub) sub.failed(frame);
    else if ((frame.t === "snap" || frame.t === "delta") && sub) {
      sub.rows[frame.t](frame);
      sub.changed(sub.rows);
      if (frame.t === "snap") this._send({ t: "ack", n: this._n });
    }
  }

  _greeted(frame) {
    if (frame.epoch !== this._epoch) for (const sub of this._subs.values()) sub.rows.seq = null;
    this._epoch = frame.epoch;
    this._failures = 0;
    this.hello = frame;
    this.interval = frame.interval ?? 1;
    hear(frame.now);
    this.state = "live";
    for (const sub of this._subs.values()) this._ask(sub);
    if (document.hidden) this._send({ t: "idle", idle: true });
    this._tell("hello");
    this._tell("state");
  }

  _ticked(frame) {
    this.interval = frame.interval ?? this.interval;
    this.lag = frame.lag ?? 0;
    hear(frame.now);
    this._send({ t: "ack", n: this._n });
    this._tell("tick");
  }

  _ask(sub) {
    if (this.state !== "live") return;
    const since = sub.rows.seq === null ? {} : { since: sub.rows.seq };
    this._send({ t: "sub", id: sub.id, topic: sub.topic, args: sub.args, ...since });
  }

  _send(frame) {
    if (this._socket?.readyState === WebSocket.OPEN) this._socket.send(JSON.stringify(frame));
  }

  _tell(kind) {
    for (const listener of [...this._listeners]) listener(kind);
  }
}

/** Where the feed of this page is. */
export const feedAddress = () => `${location.protocol === "https:" ? "wss" : "ws"}://${location.host}/ws`;
