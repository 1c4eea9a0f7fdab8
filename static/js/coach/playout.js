/**
 * What the coach says, on its way to the loudspeaker: a queue of samples by item, with a jitter
 * buffer before it, fades wherever sound begins or breaks off, and an exact count of what was heard.
 *
 * Every sample that is not cut is played exactly once: a queue that runs dry fades out over its own
 * last samples and in again over the next ones, and is never taken for the end of the reply.
 *
 * Frames are those of the audio clock. Counts are in samples of that clock too.
 *
 * @typedef {{item: string, heard: number, received: number}} Count
 * @typedef {{type: "started", item: string, frame: number}
 *   | {type: "held", frame: number}
 *   | {type: "underrun", item: string}
 *   | {type: "finished", item: string, heard: number, frame: number}
 *   | {type: "cut", counts: Count[], frame: number}} PlayoutEvent
 *
 * @typedef {{id: string, chunks: Float32Array[], offset: number, queued: number, received: number,
 *   heard: number, isEnded: boolean, underruns: number}} Item
 */

const FADE_SECONDS = 0.006;
const DUCK_FADE_SECONDS = 0.02;
/** -18 dB: still there, and no longer in the way. */
const DUCKED = 0.126;
const JITTER_SECONDS = 0.06;
const MOST_JITTER_SECONDS = 0.25;
/** How many items that were cut are remembered, to drop what still comes of them. */
const REMEMBERED = 32;

export class Playout {
  /** @type {Item[]} */
  #items = [];
  /** @type {string[]} */
  #cut = [];
  /** @type {PlayoutEvent[]} */
  #events = [];
  #fadeStep;
  #duckStep;
  #fadeSamples;
  #rate;
  /** 0 to 1: opens and closes with the fade. */
  #gate = 0;
  #gain = 1;
  #isDucked = false;
  #isHeld = false;
  #toldHeld = false;
  #isCutting = false;
  /** Enough has come to begin, or to go on after it ran dry. */
  #isFlowing = false;

  /** @param {number} rate of the audio clock, Hz */
  constructor(rate) {
    this.#rate = rate;
    this.#fadeSamples = Math.round(FADE_SECONDS * rate);
    this.#fadeStep = 1 / this.#fadeSamples;
    this.#duckStep = (1 - DUCKED) / Math.round(DUCK_FADE_SECONDS * rate);
  }

  /** Seconds of sound that are waiting. */
  get queuedSeconds() {
    return this.#items.reduce((sum, { queued }) => sum + queued, 0) / this.#rate;
  }

  /**
   * @param {string} item
   * @param {Float32Array} samples
   */
  enqueue(item, samples) {
    if (samples.length === 0 || this.#cut.includes(item)) return;
    let last = this.#items.at(-1);
    if (last?.id !== item) {
      last = { id: item, chunks: [], offset: 0, queued: 0, received: 0, heard: 0, isEnded: false, underruns: 0 };
      this.#items.push(last);
    }
    last.chunks.push(samples);
    last.queued += samples.length;
    last.received += samples.length;
  }

  /** No more will come of this item. @param {string} item */
  end(item) {
    for (const known of this.#items) if (known.id === item) known.isEnded = true;
  }

  /** @param {boolean} isDucked quieter, while somebody else may be about to speak */
  duck(isDucked) {
    this.#isDucked = isDucked;
  }

  /** @param {boolean} isHeld silent, and able to go on where it stopped */
  hold(isHeld) {
    this.#isHeld = isHeld;
    this.#toldHeld = false;
  }

  /** Silent for good: what is queued is dropped, and what still comes of it too. */
  cut() {
    this.#isCutting = true;
    for (const { id } of this.#items) this.#cut.push(id);
    this.#cut.splice(0, this.#cut.length - REMEMBERED);
  }

  /** What is being played, and how much of it was heard. @returns {Count|null} */
  get current() {
    const head = this.#items[0];
    return head ? { item: head.id, heard: head.heard, received: head.received } : null;
  }

  /**
   * @param {Float32Array} output filled
   * @param {number} frame of its first sample
   * @returns {PlayoutEvent[]}
   */
  process(output, frame) {
    this.#events = [];
    for (let index = 0; index < output.length; index += 1) {
      output[index] = this.#next(frame + index);
    }
    return this.#events;
  }

  /** @param {number} frame */
  #next(frame) {
    this.#moveGain();
    const head = this.#items[0];
    if (!head) return this.#silence(frame);
    if (!this.#isFlowing && !this.#begins(head)) return this.#silence(frame);
    const closes = this.#isHeld || this.#isCutting || head.queued <= this.#fadeSamples;
    this.#gate = closes
      ? Math.max(0, this.#gate - this.#fadeStep)
      : Math.min(1, this.#gate + this.#fadeStep);
    if (this.#gate === 0 && (this.#isHeld || this.#isCutting)) return this.#silence(frame);
    if (head.heard === 0) this.#events.push({ type: "started", item: head.id, frame });
    const sample = this.#take(head) * this.#gate * this.#gain;
    if (head.queued === 0) this.#runsDry(head, frame);
    return sample;
  }

  #moveGain() {
    const target = this.#isDucked ? DUCKED : 1;
    if (this.#gain === target) return;
    this.#gain =
      this.#gain > target
        ? Math.max(target, this.#gain - this.#duckStep)
        : Math.min(target, this.#gain + this.#duckStep);
  }

  /** @param {Item} head */
  #begins(head) {
    if (this.#isHeld || this.#isCutting) return false;
    const wait = Math.min(JITTER_SECONDS * 2 ** head.underruns, MOST_JITTER_SECONDS) * this.#rate;
    this.#isFlowing = head.queued > 0 && (head.isEnded || head.queued >= wait);
    // An item may end exactly where it ran dry.
    if (head.queued === 0 && head.isEnded) this.#finish(head, 0);
    return this.#isFlowing;
  }

  /** @param {number} frame */
  #silence(frame) {
    this.#gate = 0;
    if (this.#isCutting) {
      const gone = this.#items.filter(({ id }) => this.#cut.includes(id));
      const counts = gone.map(({ id, heard, received }) => ({ item: id, heard, received }));
      // What came of another item since then is to be heard.
      this.#items = this.#items.filter(({ id }) => !this.#cut.includes(id));
      this.#isCutting = false;
      this.#isFlowing = false;
      this.#isHeld = false;
      this.#events.push({ type: "cut", counts, frame });
    } else if (this.#isHeld && !this.#toldHeld) {
      this.#toldHeld = true;
      this.#events.push({ type: "held", frame });
    }
    return 0;
  }

  /** @param {Item} head */
  #take(head) {
    const chunk = /** @type {Float32Array} */ (head.chunks[0]);
    const sample = /** @type {number} */ (chunk[head.offset]);
    head.offset += 1;
    head.queued -= 1;
    head.heard += 1;
    if (head.offset === chunk.length) {
      head.chunks.shift();
      head.offset = 0;
    }
    return sample;
  }

  /**
   * @param {Item} head
   * @param {number} frame
   */
  #runsDry(head, frame) {
    this.#isFlowing = false;
    this.#gate = 0;
    if (head.isEnded) {
      this.#finish(head, frame);
    } else if (this.#items.length > 1) {
      // The next item has begun: nothing more can be inserted before it.
      this.#finish(head, frame);
    } else {
      head.underruns += 1;
      this.#events.push({ type: "underrun", item: head.id });
    }
  }

  /**
   * @param {Item} head
   * @param {number} frame
   */
  #finish(head, frame) {
    this.#items.shift();
    this.#events.push({ type: "finished", item: head.id, heard: head.heard, frame });
  }
}
