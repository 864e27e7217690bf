// What one subscription knows: rows by key, kept up to date by snapshots and differences.

export class Rows {
  constructor() {
    this.cols = [];
    this.byKey = new Map();
    this.order = [];
    this.meta = {};
    this.more = null;
    this.seq = null;
  }

  /** All rows, in the server's order. */
  list() {
    return this.order.map((key) => this.byKey.get(key));
  }

  /** The row of a key, or undefined. */
  get(key) {
    return this.byKey.get(key);
  }

  /** The value of a row of a topic of two columns (`overview`). */
  value(key) {
    return this.byKey.get(key)?.value;
  }

  get size() {
    return this.order.length;
  }

  snap(frame) {
    this.cols = frame.cols;
    this.seq = frame.seq;
    this.more = frame.more ?? null;
    this.meta = frame.meta ?? {};
    this.byKey = new Map();
    this.order = [];
    for (const values of frame.rows) {
      this._add(values[0], Object.fromEntries(this.cols.map((name, at) => [name, values[at]])));
    }
  }

  delta(frame) {
    this.seq = frame.seq;
    if (frame.more !== undefined) this.more = frame.more;
    if (frame.meta) this.meta = { ...this.meta, ...frame.meta };
    const gone = new Set(frame.del ?? []);
    for (const key of gone) this.byKey.delete(key);
    if (gone.size) this.order = this.order.filter((key) => !gone.has(key));
    for (const [key, changes] of frame.set ?? []) {
      const known = this.byKey.get(key);
      // A new object, so that who kept the old row sees the difference.
      if (known) this.byKey.set(key, { ...known, ...changes });
      else this._add(key, { [this.cols[0]]: key, ...changes });
    }
    if (frame.order) this._reorder(frame.order);
  }

  _add(key, row) {
    if (!this.byKey.has(key)) this.order.push(key);
    this.byKey.set(key, { ...row, key });
  }

  _reorder(order) {
    const named = new Set(order);
    const rest = this.order.filter((key) => !named.has(key));
    this.order = [...order.filter((key) => this.byKey.has(key)), ...rest];
  }
}
