/**
 * What the server does with the bars of one speech, by its contract: revisions, a ring of the last
 * events, epochs. A reference to hold the page's modules to; it loses, repeats and delays as told.
 */

/** A small generator with a seed, so that a failure can be run again. */
export function chance(seed) {
  let state = seed >>> 0 || 1;
  const random = () => {
    state ^= state << 13;
    state >>>= 0;
    state ^= state >>> 17;
    state ^= state << 5;
    state >>>= 0;
    return state / 2 ** 32;
  };
  return { random, below: (limit) => Math.floor(random() * limit) };
}

export const bar = (seq, rev, more = {}) => ({
  seq,
  t0: seq,
  t1: seq + 1,
  rev,
  final: false,
  words: rev,
  fillers: [],
  pauseSeconds: 0,
  voicedSeconds: 1,
  energy: { open: 0.5, high: 0.6, low: 0.4, close: 0.5 },
  pitch: null,
  pace: { open: 120, high: 130, low: 110, close: 120 },
  ...more,
});

export class MetricsServer {
  /** @param {number} ring events that it remembers */
  constructor(ring = 12) {
    this.ring = ring;
    this.restarts = 0;
    this.ended = false;
    this.#begin();
  }

  #begin() {
    this.epoch = `k${this.restarts}`;
    this.eid = 0;
    this.bars = new Map();
    this.events = [];
  }

  /** The ring is lost; what is known of the speech is numbered anew, from low revisions. */
  restart() {
    const known = [...this.bars.keys()];
    this.restarts += 1;
    this.#begin();
    for (const seq of known) this.change(seq, 1);
  }

  change(seq, rev = (this.bars.get(seq)?.rev ?? 0) + 1) {
    this.eid += 1;
    const changed = bar(seq, rev, { changedAt: `${this.epoch}-${this.eid}` });
    this.bars.set(seq, changed);
    const event = { epoch: this.epoch, eid: this.eid, bar: changed };
    this.events.push(event);
    if (this.events.length > this.ring) this.events.shift();
    return event;
  }

  #knows({ epoch, eid }) {
    return epoch === this.epoch && eid <= this.eid && eid >= this.eid - this.ring;
  }

  history(since) {
    const { epoch, eid } = this;
    if (since && !this.#knows(since)) return { epoch, eid, reset: true, bars: [] };
    const bars = [...this.bars.values()]
      .filter(({ changedAt }) => !since || Number(changedAt.split("-")[1]) > since.eid)
      .sort((one, other) => one.seq - other.seq);
    return { epoch, eid, reset: false, bars };
  }

  /** What a stream begins with that goes on after `since`; null stands for a reset. */
  replay(since) {
    if (!since) return [];
    if (!this.#knows(since)) return null;
    return this.events.filter(({ eid }) => eid > since.eid);
  }
}
