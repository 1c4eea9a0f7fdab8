/**
 * What was said in a take, kept in the memory of this page only: if the server lets go of it, because
 * the sign-in ended for longer than it waits, the speaker still has it.
 */

import { wavFile } from "../lib/audio_file.js";
import { SAMPLE_RATE } from "./uplink.js";

const MOST_SECONDS = 15 * 60;

export class TakeCopy {
  /** @type {Int16Array[]} */
  #frames = [];
  #samples = 0;

  get seconds() {
    return this.#samples / SAMPLE_RATE;
  }

  /** @param {Int16Array} pcm */
  push(pcm) {
    if (this.seconds >= MOST_SECONDS) return;
    // A copy: the buffer goes on to the server.
    this.#frames.push(pcm.slice());
    this.#samples += pcm.length;
  }

  clear() {
    this.#frames = [];
    this.#samples = 0;
  }

  /** @returns {ArrayBuffer} a WAV file */
  wav() {
    return wavFile(SAMPLE_RATE, this.#frames);
  }
}
