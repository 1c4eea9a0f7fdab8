/**
 * Microphone to 50 ms frames of 16 kHz PCM16, off the page's thread.
 *
 * The context runs at its own rate: Firefox refuses a microphone in a context of another one.
 *
 * To the worklet: `{type: "record"}`, `{type: "finish"}`.
 * From it: `{type: "level", rms}` (0 to 1, every 50 ms), `{type: "frame", pcm}` (1,600 bytes,
 * transferred), and `{type: "finished"}` after the last frame.
 */

import { PcmFramer } from "../lib/framer.js";
import { Resampler } from "../lib/resampler.js";

const OUTPUT_RATE = 16000;
const FRAME_SAMPLES = 800;

class Capture extends AudioWorkletProcessor {
  #resampler = new Resampler(sampleRate, OUTPUT_RATE);
  #framer = new PcmFramer(FRAME_SAMPLES);
  #recording = false;
  #levelWindow = Math.round(sampleRate / 20);
  #squares = 0;
  #counted = 0;

  constructor() {
    super();
    this.port.onmessage = ({ data }) => {
      if (data.type === "record") this.#record();
      else if (data.type === "finish") this.#finish();
    };
  }

  /** @param {Float32Array[][]} inputs */
  process(inputs) {
    const channel = inputs[0]?.[0];
    if (!channel) return true;
    this.#measure(channel);
    if (this.#recording) this.#post(this.#framer.push(this.#resampler.push(channel)));
    return true;
  }

  #record() {
    this.#resampler.reset();
    this.#framer.reset();
    this.#recording = true;
  }

  #finish() {
    if (this.#recording) {
      this.#post(this.#framer.push(this.#resampler.flush()));
      const last = this.#framer.flush();
      if (last) this.#post([last]);
    }
    this.#recording = false;
    this.port.postMessage({ type: "finished" });
  }

  /** @param {Int16Array<ArrayBuffer>[]} frames */
  #post(frames) {
    for (const pcm of frames) this.port.postMessage({ type: "frame", pcm: pcm.buffer }, [pcm.buffer]);
  }

  /** @param {Float32Array} samples */
  #measure(samples) {
    for (const sample of samples) this.#squares += sample * sample;
    this.#counted += samples.length;
    if (this.#counted < this.#levelWindow) return;
    this.port.postMessage({ type: "level", rms: Math.sqrt(this.#squares / this.#counted) });
    this.#squares = 0;
    this.#counted = 0;
  }
}

registerProcessor("capture", Capture);
