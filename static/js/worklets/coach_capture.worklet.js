/**
 * Microphone to 20 ms frames of 24 kHz PCM16, two to a message, off the page's thread; and whether
 * somebody speaks. Its second input is what the coach plays: see `VoiceDetector`.
 *
 * To the worklet: `{type: "open", on}`; while closed nothing is handed over but levels.
 * From it: `{type: "frames", pcm, samples}` (960 bytes a frame, transferred; samples captured so
 * far), `{type: "voice", event}` with `event.at` as a frame of the audio clock, and
 * `{type: "level", rms, frame}` every 50 ms.
 */

import { VoiceDetector } from "../coach/voice.js";
import { PcmFramer } from "../lib/framer.js";
import { Resampler } from "../lib/resampler.js";

const OUTPUT_RATE = 24000;
const FRAME_SAMPLES = 480;
const FRAMES_PER_MESSAGE = 2;
/** What a room throws back of the coach is kept from the server, which would take it for a voice. */
const ECHO_GAIN = 0.03;
const LEVELS_PER_SECOND = 20;

class CoachCapture extends AudioWorkletProcessor {
  #resampler = sampleRate === OUTPUT_RATE ? null : new Resampler(sampleRate, OUTPUT_RATE);
  #framer = new PcmFramer(FRAME_SAMPLES * FRAMES_PER_MESSAGE);
  #voice = new VoiceDetector(OUTPUT_RATE);
  #window = new Float32Array(this.#voice.windowSamples);
  #filled = 0;
  #played = { squares: 0, count: 0 };
  #level = { squares: 0, count: 0 };
  #isOpen = false;
  #samples = 0;
  /** Windows that were judged so far. */
  #windows = 0;

  constructor() {
    super();
    this.port.onmessage = ({ data }) => {
      if (data.type !== "open" || data.on === this.#isOpen) return;
      this.#isOpen = data.on;
      this.#framer.reset();
      this.#filled = 0;
    };
  }

  /** @param {Float32Array[][]} inputs */
  process(inputs) {
    const heard = inputs[0]?.[0];
    const played = inputs[1]?.[0];
    if (played) add(this.#played, played);
    if (!heard) return true;
    this.#measure(heard);
    const samples = this.#resampler ? this.#resampler.push(heard) : heard;
    for (let index = 0; index < samples.length; index += 1) {
      this.#window[this.#filled] = /** @type {number} */ (samples[index]);
      this.#filled += 1;
      if (this.#filled === this.#window.length) this.#closeWindow(currentFrame + this.#frames(index + 1));
    }
    return true;
  }

  /** @param {number} end frame of the audio clock after the window's last sample */
  #closeWindow(end) {
    this.#filled = 0;
    this.#windows += 1;
    const window = { squares: 0, count: 0 };
    add(window, this.#window);
    const { isEcho, events } = this.#voice.push(rms(window), rms(this.#played));
    this.#played = { squares: 0, count: 0 };
    for (const event of events) {
      // Counted back from now: a microphone gives nothing at all for moments, mostly while it begins,
      // and what was counted from its first sample on would be earlier than it was.
      const ago = this.#windows * this.#window.length - event.at;
      this.port.postMessage({ type: "voice", event: { ...event, at: end - this.#frames(ago) } });
    }
    if (!this.#isOpen) return;
    const sent = isEcho ? this.#window.map((sample) => sample * ECHO_GAIN) : this.#window;
    for (const pcm of this.#framer.push(sent)) {
      this.#samples += pcm.length;
      this.port.postMessage({ type: "frames", pcm: pcm.buffer, samples: this.#samples }, [pcm.buffer]);
    }
  }

  /** @param {number} samples at 24 kHz @returns {number} as frames of the audio clock */
  #frames(samples) {
    return Math.round((samples * sampleRate) / OUTPUT_RATE);
  }

  /** @param {Float32Array} samples */
  #measure(samples) {
    add(this.#level, samples);
    if (this.#level.count < sampleRate / LEVELS_PER_SECOND) return;
    this.port.postMessage({ type: "level", rms: rms(this.#level), frame: currentFrame });
    this.#level = { squares: 0, count: 0 };
  }
}

/**
 * @param {{squares: number, count: number}} sum
 * @param {Float32Array} samples
 */
function add(sum, samples) {
  for (const sample of samples) sum.squares += sample * sample;
  sum.count += samples.length;
}

/** @param {{squares: number, count: number}} sum */
function rms({ squares, count }) {
  return count === 0 ? 0 : Math.sqrt(squares / count);
}

registerProcessor("coach-capture", CoachCapture);
