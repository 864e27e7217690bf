// A list that does not move under the cursor: known rows change in place, new ones wait until they are asked for.

export class HeldRows {
  constructor() {
    this._keys = null;
    this._last = new Map();
  }

  /**
   * What to show of these rows, in the feed's order. While `held`, the order stays as it was: rows that have left the
   * list stay and are `gone`, and `waiting` counts the new ones.
   */
  next(rows, held) {
    const fresh = new Map(rows.map((row) => [row.key, row]));
    const adopt = !held || this._keys === null || this._keys.length === 0;
    if (adopt) this._keys = [...fresh.keys()];
    const known = new Set(this._keys);
    const shown = this._keys.map((key) => fresh.get(key) ?? { ...this._last.get(key), gone: true });
    this._last = new Map(shown.map((row) => [row.key, row]));
    const waiting = adopt ? 0 : rows.filter((row) => !known.has(row.key)).length;
    return { shown, waiting };
  }

  /** Forget the order: another list is to be shown. */
  forget() {
    this._keys = null;
    this._last = new Map();
  }
}
