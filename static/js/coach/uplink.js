/**
 * What the microphone heard, on its way to the server. A queue of one second while one talks: there,
 * what is new matters, so the oldest goes when the line is slow, and how much is known. While a take
 * is recorded nothing may be missing from it, so a whole minute waits.
 *
 * It has no timer. A timer in a hidden tab runs once a second: everything is sent from where the
 * worklet's messages come in.
 *
 * @typedef {{type: "audio", pcm: Int16Array}|{type: "gap", samples: number}} Packet
 */

export const SAMPLE_RATE = 24_000;
const TALK_SECONDS = 1;
const TAKE_SECONDS = 60;
/** The server takes three seconds of sound in any two; what waited is sent a little slower than that. */
const SPEED = 1.35;
const BURST_SECONDS = 0.24;
/** Beyond this much in the browser's own buffer the line is behind: half a second as base64. */
const BUFFERED_BYTES = 32 * 1024;

export class Uplink {
  /** @type {Int16Array[]} */
  #waiting = [];
  #queued = 0;
  #gap = 0;
  #dropped = 0;
  #gaps = 0;
  #credit = BURST_SECONDS * SAMPLE_RATE;
  #limit = TALK_SECONDS * SAMPLE_RATE;

  /** Samples that never reached the server. */
  get dropped() {
    return this.#dropped;
  }

  /** How often samples were dropped, not how many. */
  get gaps() {
    return this.#gaps;
  }

  /** Samples that wait. */
  get queued() {
    return this.#queued;
  }

  /** @param {boolean} isTake whether nothing may be missing */
  keepAll(isTake) {
    this.#limit = (isTake ? TAKE_SECONDS : TALK_SECONDS) * SAMPLE_RATE;
    this.#drop();
  }

  /** @param {Int16Array} pcm */
  push(pcm) {
    this.#waiting.push(pcm);
    this.#queued += pcm.length;
    this.#credit = Math.min(this.#credit + SPEED * pcm.length, BURST_SECONDS * SAMPLE_RATE);
    this.#drop();
  }

  /**
   * What may be sent now, in order; a gap stands before what came after it.
   * @param {number} bufferedBytes in the browser's own buffer
   * @returns {Packet[]}
   */
  take(bufferedBytes) {
    /** @type {Packet[]} */
    const packets = [];
    if (bufferedBytes > BUFFERED_BYTES) return packets;
    for (let pcm = this.#waiting[0]; pcm && pcm.length <= this.#credit; pcm = this.#waiting[0]) {
      this.#credit -= pcm.length;
      packets.push(...this.#next(pcm));
    }
    return packets;
  }

  /** All that waits, at once: the microphone is gone, and nothing comes after it. @returns {Packet[]} */
  flush() {
    return [...this.#waiting].flatMap((pcm) => this.#next(pcm));
  }

  /** The microphone is off: what waits is nobody's any more. */
  clear() {
    this.#waiting = [];
    this.#queued = 0;
    this.#gap = 0;
    this.#credit = BURST_SECONDS * SAMPLE_RATE;
  }

  /**
   * @param {Int16Array} pcm the first that waits
   * @returns {Packet[]}
   */
  #next(pcm) {
    const gap = this.#gap;
    this.#gap = 0;
    this.#waiting.shift();
    this.#queued -= pcm.length;
    return [...(gap > 0 ? [{ type: /** @type {const} */ ("gap"), samples: gap }] : []), { type: "audio", pcm }];
  }

  #drop() {
    while (this.#queued > this.#limit) {
      const samples = this.#waiting.shift()?.length ?? 0;
      this.#queued -= samples;
      if (this.#gap === 0) this.#gaps += 1;
      this.#gap += samples;
      this.#dropped += samples;
    }
  }
}
