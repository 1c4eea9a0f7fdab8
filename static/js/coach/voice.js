/**
 * Whether somebody speaks into the microphone, decided where the samples are, window by window: so
 * that the coach gives way before a server could say so. Pure; knows no clock but the count of samples.
 *
 * What the coach plays is handed in beside the microphone. Where that explains what the microphone
 * hears, it is an echo and nobody's voice; the browser's own echo canceller leaves some, and on
 * loudspeakers in a hard room a lot.
 *
 * @typedef {{type: "onset"|"insists"|"confirmed"|"released", at: number}} VoiceEvent `at` is a sample:
 *   the first of the voice; for `released`, the one after its last
 */

/** 10 ms: short enough to be early, long enough for the lowest voice. */
export const WINDOWS_PER_SECOND = 100;
/** Windows of the last eight that must be loud for a voice to have begun: a click is not. */
const ONSET_WINDOWS = 6;
const ONSET_SPAN = 8;
/** From the onset on: past a tap on the table, and past a cough or an "mhm". */
const INSISTS_WINDOWS = 8;
const CONFIRMED_WINDOWS = 32;
/** Silence after which a voice has ended: longer than the gap between two syllables. */
const RELEASE_WINDOWS = 15;
const MARGIN_DB = 10;
const QUIETEST_DB = -52;
/** The quiet of the room is the quietest moment of the last two seconds: nobody speaks so evenly. */
const FLOOR_WINDOWS = 200;
/** How loud an echo may be below what is played, and for how long it may come after it. */
const ECHO_DB = -12;
const ECHO_WINDOWS = 35;
const SILENCE = 1e-5;

export class VoiceDetector {
  #windowSamples;
  /** @type {boolean[]} */
  #recent = [];
  /** Loudness of the last windows, in decibels. @type {number[]} */
  #levels = [];
  /** @type {number[]} */
  #played = [];
  #windows = 0;
  /** Window of the onset; -1 while nobody speaks. */
  #onset = -1;
  #lastVoiced = -1;
  #told = { insists: false, confirmed: false };

  /** @param {number} rate Hz */
  constructor(rate) {
    this.#windowSamples = Math.round(rate / WINDOWS_PER_SECOND);
  }

  /** In samples. */
  get windowSamples() {
    return this.#windowSamples;
  }

  /**
   * @param {number} heard RMS of a window of the microphone, full scale is 1
   * @param {number} played RMS of what the coach played meanwhile
   * @returns {{isEcho: boolean, events: VoiceEvent[]}}
   */
  push(heard, played) {
    const level = decibels(heard);
    this.#played.push(played);
    if (this.#played.length > ECHO_WINDOWS) this.#played.shift();
    const loudest = Math.max(...this.#played);
    const echo = loudest > SILENCE ? decibels(loudest) + ECHO_DB : -Infinity;
    this.#levels.push(level);
    if (this.#levels.length > FLOOR_WINDOWS) this.#levels.shift();
    const floor = Math.min(...this.#levels);
    const isVoiced = level > Math.max(QUIETEST_DB, floor + MARGIN_DB, echo);
    const isEcho = loudest > SILENCE && !isVoiced && this.#onset === -1;
    const events = this.#follow(isVoiced);
    this.#windows += 1;
    return { isEcho, events };
  }

  /**
   * @param {boolean} isVoiced
   * @returns {VoiceEvent[]}
   */
  #follow(isVoiced) {
    /** @type {VoiceEvent[]} */
    const events = [];
    this.#recent.push(isVoiced);
    if (this.#recent.length > ONSET_SPAN) this.#recent.shift();
    if (isVoiced) this.#lastVoiced = this.#windows;
    if (this.#onset === -1) {
      const voiced = this.#recent.filter(Boolean).length;
      if (voiced < ONSET_WINDOWS) return events;
      this.#onset = this.#windows - this.#recent.length + 1 + this.#recent.indexOf(true);
      this.#told = { insists: false, confirmed: false };
      events.push({ type: "onset", at: this.#sampleOf(this.#onset) });
    }
    // Counted to the last loud window: the silence after a cough does not make it longer.
    const lasted = this.#lastVoiced - this.#onset + 1;
    for (const [type, windows] of /** @type {const} */ ([
      ["insists", INSISTS_WINDOWS],
      ["confirmed", CONFIRMED_WINDOWS],
    ])) {
      if (this.#told[type] || lasted < windows) continue;
      this.#told[type] = true;
      events.push({ type, at: this.#sampleOf(this.#onset) });
    }
    if (this.#windows - this.#lastVoiced >= RELEASE_WINDOWS) {
      events.push({ type: "released", at: this.#sampleOf(this.#lastVoiced + 1) });
      this.#onset = -1;
      this.#recent = [];
    }
    return events;
  }

  /** @param {number} window */
  #sampleOf(window) {
    return window * this.#windowSamples;
  }
}

/** @param {number} rms */
function decibels(rms) {
  return 20 * Math.log10(Math.max(rms, 1e-6));
}
