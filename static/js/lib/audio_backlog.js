/**
 * The audio the server has not acknowledged, oldest first, counted in samples from the start of
 * the speech. Bounded: beyond the limit the oldest goes, and how much is known.
 */

export class AudioBacklog {
  /** @type {{start: number, pcm: Int16Array}[]} */
  #frames = [];
  #limit;
  #end = 0;
  #dropped = 0;

  /** @param {number} limitSamples */
  constructor(limitSamples) {
    this.#limit = limitSamples;
  }

  /** Samples captured since the start of the speech. */
  get end() {
    return this.#end;
  }

  /** Samples that fell off the end before they were acknowledged. */
  get dropped() {
    return this.#dropped;
  }

  /** First sample still held; `end` when nothing is. */
  get start() {
    return this.#frames[0]?.start ?? this.#end;
  }

  /** @param {Int16Array} pcm */
  append(pcm) {
    this.#frames.push({ start: this.#end, pcm });
    this.#end += pcm.length;
    while (this.#end - this.start > this.#limit) {
      this.#dropped += this.#frames.shift()?.pcm.length ?? 0;
    }
  }

  /** @param {number} samples received by the server since the start of the speech */
  acknowledge(samples) {
    const kept = this.#frames.findIndex(({ start, pcm }) => start + pcm.length > samples);
    this.#frames.splice(0, kept === -1 ? this.#frames.length : kept);
  }

  /**
   * The held frame that contains this sample, cut so that it begins there; the oldest one if the
   * sample is no longer held; null at the end.
   * @param {number} sample
   * @returns {{start: number, pcm: Int16Array}|null}
   */
  from(sample) {
    const position = Math.max(sample, this.start);
    const frame = this.#frames[this.#indexOf(position)];
    if (!frame) return null;
    return { start: position, pcm: frame.pcm.subarray(position - frame.start) };
  }

  /** @param {number} start sample that comes next */
  clear(start = 0) {
    this.#frames = [];
    this.#end = start;
    this.#dropped = 0;
  }

  /**
   * By halving: after a long outage the backlog is thousands of frames.
   * @param {number} position
   */
  #indexOf(position) {
    let low = 0;
    let high = this.#frames.length;
    while (low < high) {
      const middle = (low + high) >> 1;
      const frame = /** @type {{start: number, pcm: Int16Array}} */ (this.#frames[middle]);
      if (frame.start + frame.pcm.length <= position) low = middle + 1;
      else high = middle;
    }
    return low;
  }
}
