/** Cuts float samples into frames of 16-bit PCM, whatever the size of the blocks they come in. */

export class PcmFramer {
  #frame;
  #filled = 0;

  /** @param {number} frameSamples */
  constructor(frameSamples) {
    this.#frame = new Int16Array(frameSamples);
  }

  reset() {
    this.#frame = new Int16Array(this.#frame.length);
    this.#filled = 0;
  }

  /**
   * @param {Float32Array} samples full scale is 1; beyond it they are clipped
   * @returns {Int16Array<ArrayBuffer>[]} the frames completed by these samples, each with its own buffer
   */
  push(samples) {
    const frames = [];
    for (const sample of samples) {
      this.#frame[this.#filled] = Math.max(-32768, Math.min(32767, Math.round(sample * 32768)));
      this.#filled += 1;
      if (this.#filled === this.#frame.length) {
        frames.push(this.#frame);
        this.reset();
      }
    }
    return frames;
  }

  /** The frame begun, filled up with silence; null if there is none. */
  flush() {
    if (this.#filled === 0) return null;
    const last = this.#frame;
    this.reset();
    return last;
  }
}
