/**
 * The bars of one speech as far as this page knows them. Pure.
 *
 * Whatever was lost, came twice or came late: a bar is replaced by a higher revision of itself and
 * by nothing else, and another epoch begins from nothing.
 *
 * @typedef {{open: number, high: number, low: number, close: number}} Range
 *
 * @typedef {object} Bar one second of a speech on its sample clock, or more in a wider timeframe;
 *   what was not measured is null
 * @property {number} seq
 * @property {number} t0 seconds from the first sample
 * @property {number} t1
 * @property {number} rev
 * @property {boolean} final it will not change any more
 * @property {number|null} words
 * @property {{word: string, at: number}[]} fillers `at` in seconds from the first sample
 * @property {number|null} pauseSeconds
 * @property {number|null} voicedSeconds
 * @property {Range|null} energy dBFS
 * @property {{low: number, mid: number, high: number}|null} pitch Hz
 * @property {Range|null} pace words a minute
 * @property {string} [speech] in the history of a person
 *
 * @typedef {object} History an answer of the history call
 * @property {string} epoch
 * @property {number} eid
 * @property {boolean} reset what was known before is worth nothing
 * @property {Bar[]} bars
 */

export class BarStore {
  /** @type {Map<number, Bar>} */
  #bars = new Map();
  /** @type {Bar[]|null} in order; null when it must be put in order again */
  #sorted = null;
  /** @type {string|null} */
  #epoch = null;
  #eid = 0;

  /** @returns {string|null} null before any history came */
  get epoch() {
    return this.#epoch;
  }

  /** @returns {number} everything up to this event is known */
  get eid() {
    return this.#eid;
  }

  /** @returns {readonly Bar[]} oldest first */
  get bars() {
    this.#sorted ??= [...this.#bars.values()].sort((one, other) => one.seq - other.seq);
    return this.#sorted;
  }

  /** @returns {Bar|undefined} the newest */
  get last() {
    return this.bars.at(-1);
  }

  /**
   * @param {History} history
   * @returns {boolean} whether any bar changed
   */
  load({ epoch, eid, reset, bars }) {
    const begins = reset || epoch !== this.#epoch;
    let changed = begins && this.#bars.size > 0;
    if (begins) {
      this.#bars.clear();
      this.#sorted = null;
      this.#eid = 0;
    }
    this.#epoch = epoch;
    this.#eid = Math.max(this.#eid, eid);
    for (const bar of bars) changed = this.#put(bar) || changed;
    return changed;
  }

  /**
   * One event of the stream; it belongs to the epoch of the last history, or is not taken.
   * @param {string} epoch
   * @param {number} eid
   * @param {Bar} bar
   * @returns {boolean} whether any bar changed
   */
  apply(epoch, eid, bar) {
    if (epoch !== this.#epoch) return false;
    this.#eid = Math.max(this.#eid, eid);
    return this.#put(bar);
  }

  /** @param {Bar} bar */
  #put(bar) {
    const known = this.#bars.get(bar.seq);
    if (known && known.rev >= bar.rev) return false;
    this.#bars.set(bar.seq, bar);
    if (this.#sorted) this.#keepSorted(bar);
    return true;
  }

  /** Nearly always it is one of the last that changes: the rest need not be put in order again.
   * @param {Bar} bar
   */
  #keepSorted(bar) {
    const sorted = this.#sorted ?? [];
    let at = sorted.length;
    while (at > 0 && (sorted[at - 1]?.seq ?? 0) > bar.seq) at -= 1;
    if (sorted[at - 1]?.seq === bar.seq) sorted[at - 1] = bar;
    else sorted.splice(at, 0, bar);
  }
}
