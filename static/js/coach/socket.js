/**
 * The connection to the coach, through losses: one scheduler, which only the end of a connection
 * sets; a fresh ticket for every attempt; and the id of the conversation, to go on with it.
 */

import { fullJitter } from "../lib/backoff.js";
import { TicketError } from "../live/socket.js";
import { ProtocolError, parse } from "./protocol.js";

/** A server that accepts and then closes must not be asked again at once, for ever. */
const STABLE_MS = 5_000;
const QUICK_DEATHS = 3;
const PAUSE_MS = 120_000;
/** How long a ticket, and then a server's first word, may take. */
const PATIENCE_MS = 20_000;

/**
 * @typedef {import("./model.js").Refusal} Refusal
 *
 * @typedef {object} SocketEvents
 * @property {() => void} connecting
 * @property {(event: import("./protocol.js").ServerEvent) => void} message
 * @property {() => void} lost it is tried again by itself
 * @property {(milliseconds: number) => void} paused it is tried again after so long, or on `connect`
 * @property {(why: Refusal) => void} refused it is tried again on `connect` only
 *
 * @typedef {object} Surroundings what a test replaces
 * @property {(signal: AbortSignal) => Promise<string>} ticket rejects with TicketError
 * @property {(sessionId: string|null) => string} address
 * @property {typeof WebSocket} [WebSocket]
 * @property {() => number} [random]
 * @property {() => boolean} [isOnline]
 * @property {(callback: () => void, milliseconds: number) => number} [setTimeout]
 * @property {(handle: number) => void} [clearTimeout]
 */

/** @type {Record<number, Refusal>} */
const REFUSALS = {
  401: "signed_out",
  403: "forbidden",
  429: "too_many",
  1008: "policy",
  4401: "signed_out",
  4403: "forbidden",
  4408: "idle",
  4409: "replaced",
  4429: "too_many",
};
const UPSTREAM_DOWN = 4503;

export class CoachSocket {
  #surroundings;
  #events;
  /** @type {WebSocket|null} */
  #socket = null;
  /** @type {string|null} */
  #sessionId = null;
  #attempt = 0;
  #quickDeaths = 0;
  /** @type {Map<"retry"|"stable"|"patience", number>} */
  #timers = new Map();
  /** @type {AbortController|null} */
  #asking = null;
  /** The server has said something on this connection: its ticket was good. */
  #welcomed = false;
  /** A ticket that came too late, or was used already, was replaced since the server last spoke. */
  #isTicketReplaced = false;
  /** The coach has been ready on this connection. */
  #isAlive = false;
  #wanted = false;

  /**
   * @param {Surroundings} surroundings
   * @param {SocketEvents} events
   */
  constructor(surroundings, events) {
    this.#surroundings = {
      WebSocket: globalThis.WebSocket,
      random: Math.random,
      isOnline: () => navigator.onLine,
      /** @type {(callback: () => void, milliseconds: number) => number} */
      setTimeout: (callback, milliseconds) => Number(globalThis.setTimeout(callback, milliseconds)),
      /** @type {(handle: number) => void} */
      clearTimeout: (handle) => globalThis.clearTimeout(handle),
      ...surroundings,
    };
    this.#events = events;
  }

  get isOpen() {
    return this.#socket?.readyState === 1 && this.#welcomed;
  }

  get bufferedBytes() {
    return this.#socket?.bufferedAmount ?? 0;
  }

  /** Now, whatever was scheduled. Safe to call at any time. */
  async connect() {
    this.#wanted = true;
    this.#stop("retry");
    if (this.#asking || this.#socket) return;
    this.#events.connecting();
    const { setTimeout, clearTimeout } = this.#surroundings;
    const asking = new AbortController();
    this.#asking = asking;
    const timer = setTimeout(() => asking.abort(), PATIENCE_MS);
    try {
      const ticket = await this.#surroundings.ticket(asking.signal);
      if (this.#asking === asking) this.#open(ticket);
    } catch (error) {
      if (this.#asking === asking) this.#onNoTicket(error);
    } finally {
      clearTimeout(timer);
      if (this.#asking === asking) this.#asking = null;
    }
  }

  /**
   * @param {import("./protocol.js").ClientEvent} event
   * @returns {boolean} false when there is no connection to send it on
   */
  send(event) {
    if (!this.isOpen) return false;
    this.#socket?.send(JSON.stringify(event));
    return true;
  }

  /** Until it is connected again. @param {{forget: boolean}} options whether the conversation is over */
  close({ forget }) {
    this.#wanted = false;
    this.#asking?.abort();
    this.#asking = null;
    this.#stop("retry");
    this.#stop("stable");
    this.#stop("patience");
    const socket = this.#socket;
    this.#socket = null;
    this.#attempt = 0;
    this.#quickDeaths = 0;
    this.#isTicketReplaced = false;
    if (forget) this.#sessionId = null;
    socket?.close(1000);
  }

  /** @param {unknown} error */
  #onNoTicket(error) {
    const refusal = error instanceof TicketError ? REFUSALS[error.status] : undefined;
    this.#asking = null;
    if (refusal) this.#events.refused(refusal);
    else this.#lose();
  }

  /** @param {string} ticket */
  #open(ticket) {
    const url = this.#surroundings.address(this.#sessionId);
    const socket = new this.#surroundings.WebSocket(url, ["speechcoach.v1", `ticket.${ticket}`]);
    this.#socket = socket;
    this.#welcomed = false;
    this.#isAlive = false;
    // A late event of an older socket must not touch the newer one.
    const current = () => this.#socket === socket;
    socket.onmessage = ({ data }) => {
      if (current()) this.#receive(data);
    };
    socket.onclose = ({ code }) => {
      if (current()) this.#onClose(code);
    };
    this.#start("patience", PATIENCE_MS, () => {
      // The closing handshake of a dead connection takes minutes; do not wait for it.
      socket.close();
      if (current()) this.#onClose(1006);
    });
  }

  /** @param {unknown} data */
  #receive(data) {
    this.#welcomed = true;
    this.#isTicketReplaced = false;
    this.#stop("patience");
    if (typeof data !== "string") return;
    let event;
    try {
      event = parse(data);
    } catch (error) {
      if (!(error instanceof ProtocolError)) throw error;
      console.warn(error.message);
      return;
    }
    if (!event) return;
    if (event.type === "coach.state") this.#onState(event);
    this.#events.message(event);
  }

  /** @param {import("./messages.d.ts").CoachState} state */
  #onState({ sessionId, state }) {
    this.#sessionId = sessionId;
    if (state === "connecting" || state === "paused" || this.#isAlive) return;
    this.#isAlive = true;
    this.#start("stable", STABLE_MS, () => {
      this.#attempt = 0;
      this.#quickDeaths = 0;
    });
  }

  /** @param {number} code */
  #onClose(code) {
    this.#socket = null;
    this.#stop("patience");
    this.#stop("stable");
    if (!this.#wanted) return;
    const refusal = REFUSALS[code];
    if (refusal === "signed_out" && this.#welcomed) {
      // The sign-in that opened it has ended; the next ticket says whether there is another.
      this.#events.lost();
      void this.connect();
    } else if (refusal === "signed_out" && !this.#isTicketReplaced) {
      // On a slow line a ticket can expire on its way. One more, without a word; not for ever.
      this.#isTicketReplaced = true;
      void this.connect();
    } else if (refusal) {
      this.#isTicketReplaced = false;
      this.#events.refused(refusal);
    } else if (code === UPSTREAM_DOWN) {
      this.#pause();
    } else {
      this.#lose();
    }
  }

  #lose() {
    this.#quickDeaths += this.#welcomed ? 1 : 0;
    this.#welcomed = false;
    if (this.#quickDeaths >= QUICK_DEATHS) {
      this.#pause();
      return;
    }
    this.#events.lost();
    // Without a network there is nothing to try; whoever hears that it is back connects.
    if (this.#surroundings.isOnline()) this.#schedule(fullJitter(this.#attempt, this.#surroundings.random));
    this.#attempt += 1;
  }

  #pause() {
    this.#quickDeaths = 0;
    this.#events.paused(PAUSE_MS);
    this.#schedule(PAUSE_MS);
  }

  /** @param {number} milliseconds */
  #schedule(milliseconds) {
    this.#start("retry", milliseconds, () => void this.connect());
  }

  /**
   * @param {"retry"|"stable"|"patience"} name
   * @param {number} milliseconds
   * @param {() => void} callback
   */
  #start(name, milliseconds, callback) {
    this.#stop(name);
    const run = () => {
      this.#timers.delete(name);
      callback();
    };
    this.#timers.set(name, this.#surroundings.setTimeout(run, milliseconds));
  }

  /** @param {"retry"|"stable"|"patience"} name */
  #stop(name) {
    const handle = this.#timers.get(name);
    if (handle !== undefined) this.#surroundings.clearTimeout(handle);
    this.#timers.delete(name);
  }
}
