/**
 * What the coach says, played sample by sample, so that it can be silenced within milliseconds and
 * what was heard of it is known to the sample.
 *
 * To the worklet: `{type: "audio", item, pcm}` (24 kHz, transferred), `{type: "end", item}`,
 * `{type: "duck"|"hold", on}`, `{type: "cut"}`.
 * From it: the events of `Playout`, counts in samples at 24 kHz; and `{type: "heard", count, frame}`
 * ten times a second while there is something to play.
 */

import { Playout } from "../coach/playout.js";
import { Resampler } from "../lib/resampler.js";

const INPUT_RATE = 24000;

class CoachPlayer extends AudioWorkletProcessor {
  #playout = new Playout(sampleRate);
  /** @type {{item: string, resampler: Resampler}|null} */
  #resampled = null;
  #nextTold = 0;

  constructor() {
    super();
    this.port.onmessage = ({ data }) => {
      switch (data.type) {
        case "audio":
          this.#playout.enqueue(data.item, this.#samples(data.item, new Int16Array(data.pcm)));
          break;
        case "end":
          this.#end(data.item);
          break;
        case "duck":
          this.#playout.duck(data.on);
          break;
        case "hold":
          this.#playout.hold(data.on);
          break;
        case "cut":
          this.#playout.cut();
          break;
      }
    };
  }

  /**
   * @param {Float32Array[][]} _inputs
   * @param {Float32Array[][]} outputs
   */
  process(_inputs, outputs) {
    const channels = outputs[0] ?? [];
    const first = channels[0];
    if (!first) return true;
    for (const event of this.#playout.process(first, currentFrame)) this.port.postMessage(scaled(event));
    for (const other of channels.slice(1)) other.set(first);
    this.#tell();
    return true;
  }

  #tell() {
    if (currentFrame < this.#nextTold) return;
    const count = this.#playout.current;
    if (!count) return;
    this.#nextTold = currentFrame + sampleRate / 10;
    const heard = at24k(count.heard);
    this.port.postMessage({ type: "heard", item: count.item, heard, frame: currentFrame });
  }

  /**
   * @param {string} item
   * @param {Int16Array} pcm
   */
  #samples(item, pcm) {
    const samples = Float32Array.from(pcm, (sample) => sample / 32768);
    if (sampleRate === INPUT_RATE) return samples;
    if (this.#resampled?.item !== item) {
      this.#resampled = { item, resampler: new Resampler(INPUT_RATE, sampleRate) };
    }
    return this.#resampled.resampler.push(samples);
  }

  /** @param {string} item */
  #end(item) {
    if (this.#resampled?.item === item) {
      this.#playout.enqueue(item, this.#resampled.resampler.flush());
      this.#resampled = null;
    }
    this.#playout.end(item);
  }
}

/** @param {number} samples of the audio clock */
function at24k(samples) {
  return Math.floor((samples * INPUT_RATE) / sampleRate);
}

/** @param {import("../coach/playout.js").PlayoutEvent} event */
function scaled(event) {
  switch (event.type) {
    case "cut": {
      const counts = event.counts.map(({ item, heard, received }) => ({
        item,
        heard: at24k(heard),
        received: at24k(received),
      }));
      return { ...event, counts };
    }
    case "finished":
      return { ...event, heard: at24k(event.heard) };
    default:
      return event;
  }
}

registerProcessor("coach-player", CoachPlayer);
