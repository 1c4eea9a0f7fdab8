/**
 * Keeps a store of bars as the server has them, through every loss.
 *
 * The stream is opened first and its events wait; then history is asked for; then what waited is
 * applied. An answer counts as whole only if it was asked for after the stream had opened: what
 * happened between the two would be in neither. A browser tells nothing of why a stream was refused,
 * and does not ask again by itself; so this does, and reads the status.
 *
 * @typedef {import("./bar_store.js").Bar} Bar
 * @typedef {import("./bar_store.js").BarStore} BarStore
 * @typedef {import("./bar_store.js").History} History
 *
 * @typedef {"connecting"|"open"|"lost"|"ended"|"signed_out"|"refused"} Status
 *
 * @typedef {object} Listeners
 * @property {() => void} changed there are other bars, or it is known that there are none
 * @property {(status: Status) => void} status
 *
 * @typedef {{epoch: string, eid: number}} Position
 *
 * @typedef {object} Surroundings what a test replaces
 * @property {(since: Position|null) => Source} open a new stream
 * @property {(since: Position|null) => Promise<number>} status the HTTP status of a stream, not kept
 *   open; rejects where nobody answers
 * @property {(since: Position|null) => Promise<History>} history rejects with HistoryError, or
 *   anything where nobody answers
 * @property {(listener: {woken: () => void, left: () => void, returned: () => void}) => () => void} followPage
 * @property {() => number} [random]
 * @property {() => number} [now] milliseconds
 * @property {(callback: () => void, milliseconds: number) => number} [setTimeout]
 * @property {(handle: number) => void} [clearTimeout]
 *
 * @typedef {Pick<EventSource, "readyState"|"addEventListener"|"close">} Source
 */

import { fullJitter } from "../lib/backoff.js";

/** The server says something every 15 seconds: this long without anything is a dead link. */
const QUIET_MS = 35_000;
/** Waking up may be told in four ways at once. */
const WAKE_INTERVAL_MS = 5000;
const CLOSED = 2;

/** History was refused. `status` is the HTTP answer. */
export class HistoryError extends Error {
  /** @param {number} status */
  constructor(status) {
    super(`no history: HTTP ${status}`);
    this.status = status;
  }
}

/**
 * @param {string} id as the stream has it
 * @returns {Position|null}
 */
export function positionOf(id) {
  const at = id.lastIndexOf("-");
  const eid = Number(id.slice(at + 1));
  return at > 0 && Number.isSafeInteger(eid) ? { epoch: id.slice(0, at), eid } : null;
}

export class MetricsStream {
  #store;
  #surroundings;
  #listeners;
  /** @type {Source|null} */
  #source = null;
  /** @type {Status} */
  #status = "connecting";
  /** Nothing is missing between the store and this connection. */
  #joined = false;
  /** Rises with everything that an answer on its way cannot have known. */
  #generation = 0;
  /** Rises with every connection that was given up, tried or open. */
  #connection = 0;
  /** What came before the history it follows, by epoch and bar. @type {Map<string, {at: Position, bar: Bar}>} */
  #waiting = new Map();
  #asking = false;
  #askAgain = false;
  /** What is known is worth nothing: history must be asked for as if there were none. */
  #afresh = false;
  /** Attempts since the last event, and since the last answer. */
  #attempt = 0;
  #unanswered = 0;
  /** @type {number|null} */
  #retry = null;
  /** @type {number|null} */
  #quiet = null;
  /** @type {number|null} */
  #nextAsk = null;
  /** @type {number|null} */
  #nextWake = null;
  #wokenAt = -Infinity;
  /** @type {(() => void)|null} */
  #stopListening = null;

  /**
   * @param {BarStore} store
   * @param {Surroundings} surroundings
   * @param {Listeners} listeners
   */
  constructor(store, surroundings, listeners) {
    this.#store = store;
    this.#listeners = listeners;
    this.#surroundings = {
      random: Math.random,
      now: () => performance.now(),
      /** @type {(callback: () => void, milliseconds: number) => number} */
      setTimeout: (callback, milliseconds) => Number(globalThis.setTimeout(callback, milliseconds)),
      /** @type {(handle: number) => void} */
      clearTimeout: (handle) => globalThis.clearTimeout(handle),
      ...surroundings,
    };
  }

  get status() {
    return this.#status;
  }

  /** Begin, or begin again after `close`. Safe to call at any time. */
  open() {
    if (this.#stopListening) return;
    this.#stopListening = this.#surroundings.followPage({
      woken: () => this.#onWake(),
      // An open stream would keep the page out of the browser's cache.
      left: () => this.#disconnect(),
      returned: () => this.#askEverything(),
    });
    this.#connect();
    this.#ask();
  }

  /** Nothing is listened to any more, and nothing is asked. */
  close() {
    this.#stopListening?.();
    this.#stopListening = null;
    this.#disconnect();
    this.#nextAsk = this.#clear(this.#nextAsk);
    this.#nextWake = this.#clear(this.#nextWake);
  }

  /** Somebody has signed in, or wants it now: whatever was scheduled for later. */
  tryNow() {
    if (!this.#stopListening || this.#source) return;
    this.#retry = this.#clear(this.#retry);
    void this.#tryAgain();
  }

  get #position() {
    const { epoch, eid } = this.#store;
    return epoch === null || this.#afresh ? null : { epoch, eid };
  }

  #connect() {
    this.#disconnect();
    this.#say(this.#status === "lost" ? "lost" : "connecting");
    const source = this.#surroundings.open(this.#position);
    this.#source = source;
    this.#listenForLife();
    /** @param {string} type @param {(event: MessageEvent) => void} listener */
    const on = (type, listener) =>
      source.addEventListener(type, (event) => {
        if (source !== this.#source) return;
        this.#listenForLife();
        this.#attempt = 0;
        listener(/** @type {MessageEvent} */ (event));
      });
    source.addEventListener("open", () => source === this.#source && this.#onOpen());
    source.addEventListener("error", () => source === this.#source && this.#onError(source));
    on("bar", (event) => this.#onBar(event));
    on("micro", (event) => this.#onBar(event));
    on("hb", () => {});
    on("reset", () => this.#onReset());
    on("end", () => this.#end());
  }

  /** What this connection has said is not followed any more. */
  #disconnect() {
    this.#source?.close();
    this.#source = null;
    this.#connection += 1;
    this.#retry = this.#clear(this.#retry);
    this.#quiet = this.#clear(this.#quiet);
    this.#separate();
  }

  #separate() {
    this.#joined = false;
    this.#generation += 1;
    this.#waiting.clear();
  }

  #onOpen() {
    this.#listenForLife();
    this.#separate();
    this.#say("open");
    this.#ask();
  }

  /** @param {Source} source */
  #onError(source) {
    this.#separate();
    this.#say("lost");
    // Any other state: the browser tries again by itself, and tells when it has.
    if (source.readyState === CLOSED) this.#lose();
  }

  #lose() {
    this.#disconnect();
    this.#say("lost");
    const delay = fullJitter(this.#attempt, this.#surroundings.random);
    this.#attempt += 1;
    this.#retry = this.#surroundings.setTimeout(() => void this.#tryAgain(), delay);
  }

  async #tryAgain() {
    const connection = this.#connection;
    let status = 0;
    try {
      status = await this.#surroundings.status(this.#position);
    } catch {
      // Nobody answers; that is as good as an answer that nobody can.
    }
    if (connection !== this.#connection || !this.#stopListening) return;
    if (status === 200) this.#connect();
    else if (status === 204) this.#end();
    else if (!this.#refuse(status)) this.#lose();
  }

  /**
   * @param {number} status
   * @returns {boolean} whether asking again is of no use
   */
  #refuse(status) {
    if (status !== 401 && status !== 403 && status !== 404) return false;
    this.#disconnect();
    this.#nextAsk = this.#clear(this.#nextAsk);
    this.#say(status === 401 ? "signed_out" : "refused");
    return true;
  }

  #onReset() {
    this.#separate();
    this.#afresh = true;
    this.#ask();
  }

  #end() {
    this.#disconnect();
    this.#say("ended");
    this.#ask();
  }

  /** @param {MessageEvent} event */
  #onBar({ lastEventId, data }) {
    const at = positionOf(lastEventId);
    if (!at) return;
    const bar = /** @type {Bar} */ (JSON.parse(data));
    if (this.#joined && at.epoch === this.#store.epoch) {
      if (this.#store.apply(at.epoch, at.eid, bar)) this.#listeners.changed();
      return;
    }
    if (this.#joined) {
      // The ring was lost under an open stream: the history of the new one is not known.
      this.#separate();
      this.#ask();
    }
    const key = `${at.epoch} ${bar.seq}`;
    const before = this.#waiting.get(key);
    if (!before || before.bar.rev < bar.rev) this.#waiting.set(key, { at, bar });
  }

  #onWake() {
    const { now, setTimeout } = this.#surroundings;
    const wait = this.#wokenAt + WAKE_INTERVAL_MS - now();
    if (wait > 0) {
      this.#nextWake ??= setTimeout(() => {
        this.#nextWake = null;
        this.#onWake();
      }, wait);
      return;
    }
    this.#wokenAt = now();
    this.#askEverything();
  }

  /** Also after the end: the speech may have been begun again. */
  #askEverything() {
    this.#ask();
    this.tryNow();
  }

  #ask() {
    this.#askAgain = true;
    if (!this.#asking) void this.#askUntilWhole();
  }

  async #askUntilWhole() {
    this.#asking = true;
    this.#nextAsk = this.#clear(this.#nextAsk);
    try {
      while (this.#askAgain && this.#stopListening) {
        this.#askAgain = false;
        await this.#askOnce();
      }
    } finally {
      this.#asking = false;
    }
  }

  async #askOnce() {
    const generation = this.#generation;
    const since = this.#position;
    let history;
    try {
      history = await this.#surroundings.history(since);
    } catch (error) {
      if (this.#stopListening) this.#onNoHistory(error instanceof HistoryError ? error.status : 0);
      return;
    }
    if (!this.#stopListening) return;
    this.#unanswered = 0;
    if (since && history.reset) {
      // All of it again, while what the stream says waits: it may be newer than this answer.
      this.#onReset();
      return;
    }
    this.#afresh = false;
    const isFirst = this.#store.epoch === null;
    const changed = this.#store.load(history) || isFirst;
    if (generation !== this.#generation) this.#askAgain = true;
    else this.#join();
    if (changed) this.#listeners.changed();
  }

  /** @param {number} status */
  #onNoHistory(status) {
    this.#askAgain = false;
    if (this.#refuse(status)) return;
    const delay = fullJitter(this.#unanswered, this.#surroundings.random);
    this.#unanswered += 1;
    this.#nextAsk = this.#surroundings.setTimeout(() => this.#ask(), delay);
  }

  #join() {
    if (!this.#source) return;
    const waiting = [...this.#waiting.values()];
    this.#waiting.clear();
    this.#joined = true;
    // Either older than the history, or of a ring that was begun since it was asked for.
    if (waiting.some(({ at }) => at.epoch !== this.#store.epoch)) this.#askAgain = true;
    let changed = false;
    for (const { at, bar } of waiting) {
      changed = this.#store.apply(at.epoch, at.eid, bar) || changed;
    }
    if (changed) this.#listeners.changed();
  }

  #listenForLife() {
    this.#clear(this.#quiet);
    this.#quiet = this.#surroundings.setTimeout(() => this.#lose(), QUIET_MS);
  }

  /** @param {Status} status */
  #say(status) {
    if (status === this.#status) return;
    this.#status = status;
    this.#listeners.status(status);
  }

  /**
   * @param {number|null} handle
   * @returns {null}
   */
  #clear(handle) {
    if (handle !== null) this.#surroundings.clearTimeout(handle);
    return null;
  }
}
