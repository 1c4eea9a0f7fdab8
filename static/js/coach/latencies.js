/**
 * How long things took, as they were heard: every time is one of the audio clock, in seconds, so that
 * a busy page does not make the coach look slow, or fast.
 *
 * @typedef {"bargeInMs"|"replyMs"|"thinkingMs"|"captionMs"|"outputLatencyMs"} Figure
 * @typedef {Partial<Record<Figure, number>>} Figures
 */

const LONGEST_MS = 60_000;

export class Latencies {
  /** @type {Figures} */
  #untold = {};
  /** @type {Figures} */
  #latest = {};
  /** Of the voice that may be interrupting. @type {number|null} */
  #onset = null;
  /** When the coach fell silent because of it. @type {number|null} */
  #silent = null;
  /** @type {number|null} */
  #lastVoiced = null;
  /** @type {{ended: number|null, told: number}|null} */
  #turn = null;

  /** The last of each. */
  get latest() {
    return this.#latest;
  }

  /** @param {number} at first sample of a voice */
  voiceBegan(at) {
    this.#onset = at;
    this.#silent = null;
  }

  /** @param {number} at after its last sample */
  voiceEnded(at) {
    this.#lastVoiced = at;
    this.#onset = null;
  }

  /** The coach fell silent, and may go on yet. @param {number} at */
  silenced(at) {
    this.#silent ??= at;
  }

  /** The coach was interrupted. @param {number} at */
  cut(at) {
    this.silenced(at);
    if (this.#onset !== null && this.#silent !== null) this.#note("bargeInMs", this.#onset, this.#silent);
    this.#onset = null;
    this.#silent = null;
  }

  /** The server has heard the end of a turn. @param {number} now */
  turnEnded(now) {
    this.#turn = { ended: this.#lastVoiced, told: now };
  }

  /** What was said stands in the captions. @param {number} now */
  captioned(now) {
    const ended = this.#turn?.ended ?? null;
    if (ended !== null) this.#note("captionMs", ended, now);
  }

  /** The first sample of a reply. @param {number} at */
  replied(at) {
    if (!this.#turn) return;
    if (this.#turn.ended !== null) this.#note("replyMs", this.#turn.ended, at);
    this.#note("thinkingMs", this.#turn.told, at);
    // Only once: later replies answer nobody.
    this.#turn = null;
  }

  /** @param {number} seconds from a sample in the graph to the loudspeaker */
  output(seconds) {
    const milliseconds = Math.round(seconds * 1000);
    if (this.#latest.outputLatencyMs === milliseconds) return;
    this.#note("outputLatencyMs", 0, seconds);
  }

  /** What was measured since this was last asked; null if nothing was. */
  take() {
    const untold = this.#untold;
    this.#untold = {};
    return Object.keys(untold).length > 0 ? untold : null;
  }

  /**
   * @param {Figure} figure
   * @param {number} from seconds
   * @param {number} to seconds
   */
  #note(figure, from, to) {
    const milliseconds = Math.round((to - from) * 1000);
    if (milliseconds < 0 || milliseconds > LONGEST_MS) return;
    this.#untold = { ...this.#untold, [figure]: milliseconds };
    this.#latest = { ...this.#latest, [figure]: milliseconds };
  }
}
