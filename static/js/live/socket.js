/**
 * The connection to the session, through losses: one reconnect scheduler, a fresh token for every
 * attempt, and all audio the server has not acknowledged, to be sent again after a resume.
 */

import { AudioBacklog } from "../lib/audio_backlog.js";
import { fullJitter } from "../lib/backoff.js";
import { ContractError, parse } from "./contract.js";

const SAMPLE_RATE = 16000;
const BACKLOG_SECONDS = 120;
/** Beyond this much in the browser's own send buffer, audio waits in the backlog. */
const BUFFERED_BYTES = 64 * 1024;
/**
 * While recording the server says something every second, and some messages it answers at once: this
 * long a silence then is a dead connection. What lies between may have dropped it without a word.
 */
const QUIET_MS = 12_000;
/** How long a token, and then a server's first word, may take. */
const PATIENCE_MS = 20_000;
/** @type {ReadonlySet<import("./contract.js").ClientMessage["type"]>} */
const ANSWERED = new Set([
  "start_recording",
  "stop_recording",
  "save_outputs",
  "replay_tts",
  "process_captured",
  "revoke_consent",
  "panic_mute",
  "playback_finished",
]);
/** A server that accepts and then closes must not be asked again at once, for ever. */
const STABLE_MS = 10_000;

/**
 * @typedef {import("./model.js").Refusal} Refusal
 *
 * @typedef {object} SocketEvents
 * @property {() => void} connecting
 * @property {() => void} opened
 * @property {(message: import("./contract.js").ServerMessage) => void} message
 * @property {(audio: ArrayBuffer) => void} audio
 * @property {() => void} lost
 * @property {(why: Refusal) => void} refused
 *
 * @typedef {object} Surroundings what a test replaces
 * @property {(signal: AbortSignal) => Promise<string>} ticket rejects with TicketError
 * @property {(sessionId: string|null) => string} address
 * @property {typeof WebSocket} [WebSocket]
 * @property {() => number} [random]
 * @property {(callback: () => void, milliseconds: number) => number} [setTimeout]
 * @property {(handle: number) => void} [clearTimeout]
 */

/** The server gave no token. `status` is its HTTP answer. */
export class TicketError extends Error {
  /** @param {number} status */
  constructor(status) {
    super(`no token: HTTP ${status}`);
    this.status = status;
  }
}

/** @type {Record<number, Refusal>} */
const REFUSALS = {
  401: "signed_out",
  403: "forbidden",
  404: "not_found",
  1008: "policy",
  4401: "signed_out",
  4403: "forbidden",
  4404: "not_found",
  4409: "replaced",
  4429: "too_many",
};

export class SessionSocket {
  #surroundings;
  #events;
  /** @type {WebSocket|null} */
  #socket = null;
  /** @type {string|null} */
  #sessionId = null;
  #attempt = 0;
  /** @type {number|null} */
  #retry = null;
  /** @type {number|null} */
  #watchdog = null;
  /** @type {number|null} */
  #stable = null;
  #connecting = false;
  /** The server has said something on this connection: its token was good. */
  #welcomed = false;
  #closed = false;
  #backlog = new AudioBacklog(BACKLOG_SECONDS * SAMPLE_RATE);
  #flowing = false;
  #cursor = 0;

  /**
   * @param {Surroundings} surroundings
   * @param {SocketEvents} events
   */
  constructor(surroundings, events) {
    this.#surroundings = {
      WebSocket: globalThis.WebSocket,
      random: Math.random,
      /** @type {(callback: () => void, milliseconds: number) => number} */
      setTimeout: (callback, milliseconds) => Number(globalThis.setTimeout(callback, milliseconds)),
      /** @type {(handle: number) => void} */
      clearTimeout: (handle) => globalThis.clearTimeout(handle),
      ...surroundings,
    };
    this.#events = events;
  }

  get isOpen() {
    return this.#socket?.readyState === 1;
  }

  /** Seconds of speech that fell out of the backlog and will be missing from the recording. */
  get lostSeconds() {
    return this.#backlog.dropped / SAMPLE_RATE;
  }

  /** Connect now, whatever was scheduled. Safe to call at any time. */
  async connect() {
    this.#cancelRetry();
    if (this.#closed || this.#connecting || this.#socket) return;
    this.#connecting = true;
    this.#events.connecting();
    const { setTimeout, clearTimeout } = this.#surroundings;
    const patience = new AbortController();
    const timer = setTimeout(() => patience.abort(), PATIENCE_MS);
    try {
      const ticket = await this.#surroundings.ticket(patience.signal);
      if (!this.#closed) this.#open(ticket);
    } catch (error) {
      const refusal = error instanceof TicketError ? REFUSALS[error.status] : undefined;
      if (refusal) this.#events.refused(refusal);
      else this.#lose();
    } finally {
      clearTimeout(timer);
      this.#connecting = false;
    }
  }

  /**
   * @param {import("./contract.js").ClientMessage} message
   * @returns {boolean} false when there is no connection to send it on
   */
  send(message) {
    if (!this.isOpen) return false;
    this.#socket?.send(JSON.stringify(message));
    if (ANSWERED.has(message.type) && this.#watchdog === null) this.#arm();
    return true;
  }

  /** A new speech begins: what is captured from now on is held until `releaseAudio`. */
  holdAudio() {
    this.#backlog.clear();
    this.#cursor = 0;
    // What else is waited for goes on being waited for.
    if (this.#flowing) this.#disarm();
    this.#flowing = false;
  }

  /** The server is recording: send what was held, and everything after it at once. */
  releaseAudio() {
    this.#flowing = true;
    this.#pump();
  }

  /** Hand over all that is held, however slow the line: what follows must come after it. */
  flushAudio() {
    this.#pump(Infinity);
  }

  /** The speech is over or called off: nothing more is sent, nothing is kept. */
  discardAudio() {
    this.holdAudio();
  }

  /** @param {Int16Array} pcm mono, 16 kHz */
  sendAudio(pcm) {
    this.#backlog.append(pcm);
    this.#pump();
  }

  /** For good: the page is being left. */
  close() {
    this.#closed = true;
    this.#cancelRetry();
    this.#disarm();
    this.#socket?.close(1000);
  }

  /** @param {string} ticket */
  #open(ticket) {
    const url = this.#surroundings.address(this.#sessionId);
    const socket = new this.#surroundings.WebSocket(url, ["speechcoach.v1", `ticket.${ticket}`]);
    socket.binaryType = "arraybuffer";
    this.#socket = socket;
    this.#welcomed = false;
    // A late event of an older socket must not touch the newer one.
    const current = () => this.#socket === socket;
    socket.onopen = () => {
      if (!current()) return;
      this.#stable = this.#surroundings.setTimeout(() => {
        this.#attempt = 0;
      }, STABLE_MS);
      this.#events.opened();
    };
    socket.onmessage = ({ data }) => {
      if (current()) this.#receive(data);
    };
    socket.onclose = ({ code }) => {
      if (current()) this.#onClose(code);
    };
    this.#arm(PATIENCE_MS);
  }

  /** @param {string|ArrayBuffer} data */
  #receive(data) {
    this.#welcomed = true;
    if (this.#flowing) this.#arm();
    else this.#disarm();
    if (typeof data !== "string") {
      this.#events.audio(data);
      return;
    }
    let message;
    try {
      message = parse(data);
    } catch (error) {
      if (!(error instanceof ContractError)) throw error;
      console.warn(error.message);
      return;
    }
    if (!message) return;
    this.#keepBooks(message);
    this.#events.message(message);
  }

  /** @param {import("./contract.js").ServerMessage} message */
  #keepBooks(message) {
    if (message.type === "audio_ack") {
      this.#backlog.acknowledge(message.receivedSamples);
    } else if (message.type === "session_info") {
      this.#sessionId = message.sessionId;
    } else if (message.type === "session_resumed") {
      this.#sessionId = message.sessionId;
      // Another tab may have spoken since: our own count begins where the server's ends.
      if (message.receivedSamples > this.#backlog.end) this.#backlog.clear(message.receivedSamples);
      this.#backlog.acknowledge(message.receivedSamples);
      this.#cursor = message.receivedSamples;
      this.releaseAudio();
    }
  }

  /** @param {number} code */
  #onClose(code) {
    this.#socket = null;
    this.#disarm();
    if (this.#stable !== null) this.#surroundings.clearTimeout(this.#stable);
    this.#stable = null;
    // Until the server says where it stands, nothing new may jump the queue.
    this.#flowing = false;
    if (this.#closed) return;
    const refusal = REFUSALS[code];
    if (refusal === "signed_out" && this.#welcomed) this.#askWhoIsSignedIn();
    else if (refusal) this.#events.refused(refusal);
    else this.#lose();
  }

  /** The sign-in that opened the connection has ended. The next token says whether there is another. */
  #askWhoIsSignedIn() {
    this.#events.lost();
    void this.connect();
  }

  #lose() {
    this.#events.lost();
    this.#cancelRetry();
    const { setTimeout, random } = this.#surroundings;
    const wait = fullJitter(this.#attempt, random);
    this.#attempt += 1;
    this.#retry = setTimeout(() => {
      this.#retry = null;
      void this.connect();
    }, wait);
  }

  #cancelRetry() {
    if (this.#retry !== null) this.#surroundings.clearTimeout(this.#retry);
    this.#retry = null;
  }

  /** How much may wait in the browser's own buffer, bytes. @param {number} limit */
  #pump(limit = BUFFERED_BYTES) {
    while (this.#flowing && this.isOpen && (this.#socket?.bufferedAmount ?? 0) < limit) {
      const next = this.#backlog.from(this.#cursor);
      if (!next) return;
      this.#socket?.send(/** @type {Int16Array<ArrayBuffer>} */ (next.pcm));
      this.#cursor = next.start + next.pcm.length;
      if (this.#watchdog === null) this.#arm();
    }
  }

  /** @param {number} [milliseconds] within which the server must say something */
  #arm(milliseconds = QUIET_MS) {
    this.#disarm();
    this.#watchdog = this.#surroundings.setTimeout(() => {
      const dead = this.#socket;
      this.#watchdog = null;
      if (!dead) return;
      // The closing handshake of a dead connection takes minutes; do not wait for it.
      dead.close();
      this.#onClose(1006);
    }, milliseconds);
  }

  #disarm() {
    if (this.#watchdog !== null) this.#surroundings.clearTimeout(this.#watchdog);
    this.#watchdog = null;
  }
}
