/**
 * Who has the floor. Puts together what the server hears, what the microphone hears and what the
 * loudspeaker has played, and says what is to be done: quieter at the first sound of a voice, silent
 * when it goes on, and cut when it is one; or louder again, when it was a cough. Pure: no clock, no
 * sound, no socket.
 *
 * Until something is cut nothing is sent, and everything can be taken back. After it, nothing that
 * still comes of the same item is heard.
 *
 * @typedef {import("./protocol.js").ClientEvent} ClientEvent
 * @typedef {import("./protocol.js").ServerEvent} ServerEvent
 * @typedef {import("./playout.js").PlayoutEvent} PlayoutEvent
 * @typedef {import("./voice.js").VoiceEvent} VoiceEvent
 *
 * @typedef {{type: "duck", on: boolean}
 *   | {type: "hold", on: boolean}
 *   | {type: "cut"}
 *   | {type: "play", item: string, pcm: Int16Array<ArrayBuffer>}
 *   | {type: "end", item: string}
 *   | {type: "send", event: ClientEvent}} Effect
 *
 * @typedef {{response: string, received: number, heard: number, isDone: boolean}} Reply
 */

import { decodePcm } from "../lib/base64.js";
import { SAMPLE_RATE } from "./uplink.js";

const SAMPLES_PER_MS = SAMPLE_RATE / 1000;
/** A server that hears a cough says so a little after it is over, seconds. */
const COUGH_ECHO_SECONDS = 1;
const REMEMBERED = 64;

export class Floor {
  /** Replies that are not over: announced, being received, or being played. @type {Map<string, Reply>} */
  #replies = new Map();
  /** @type {string[]} */
  #dropped = [];
  /** @type {Effect[]} */
  #effects = [];
  #isDucked = false;
  #isHeld = false;
  /** @type {"none"|"begun"|"confirmed"} */
  #voice = "none";
  /** When a sound ended that was too short for a voice, seconds. */
  #coughedAt = -Infinity;
  /** The speaker has had a turn since the reply that is being played was made. */
  #turnTaken = false;
  #isCutting = false;

  /** Whether there is a reply to be heard, or about to be. */
  get isSpeaking() {
    return [...this.#replies].some(([item, { received }]) => received > 0 && !this.#dropped.includes(item));
  }

  /** Whether it stands still because somebody speaks. */
  get isHeld() {
    return this.#isHeld;
  }

  /** @param {string} item @returns {number} samples that were received of it */
  received(item) {
    return this.#replies.get(item)?.received ?? 0;
  }

  /**
   * @param {ServerEvent} event
   * @param {number} now seconds on the audio clock
   * @returns {Effect[]}
   */
  server(event, now) {
    this.#effects = [];
    switch (event.type) {
      case "response.created":
        if (this.#turnTaken) this.#cut();
        this.#turnTaken = false;
        break;
      case "response.output_item.added":
        this.#announce(event.item.id, event.response_id);
        break;
      case "response.output_audio.delta":
        this.#receive(event);
        break;
      case "response.output_audio.done":
        this.#finishReceiving(event.item_id);
        break;
      case "response.done":
        this.#onDone(event.response);
        break;
      case "input_audio_buffer.speech_started":
        this.#onServerHears(now);
        break;
      case "input_audio_buffer.committed":
        this.#turnTaken = this.isSpeaking;
        break;
      default:
        break;
    }
    return this.#effects;
  }

  /**
   * @param {VoiceEvent} event
   * @param {number} now seconds on the audio clock
   * @returns {Effect[]}
   */
  voice(event, now) {
    this.#effects = [];
    switch (event.type) {
      case "onset":
        this.#voice = "begun";
        if (this.isSpeaking) this.#duck(true);
        break;
      case "insists":
        if (this.isSpeaking) this.#hold(true);
        break;
      case "confirmed":
        this.#voice = "confirmed";
        this.#cut();
        break;
      case "released":
        if (this.#voice === "begun") this.#coughedAt = now;
        this.#voice = "none";
        this.#duck(false);
        this.#hold(false);
        break;
    }
    return this.#effects;
  }

  /**
   * @param {PlayoutEvent|{type: "heard", item: string, heard: number}} event counts at 24 kHz
   * @returns {Effect[]}
   */
  player(event) {
    this.#effects = [];
    if (event.type === "heard") {
      const reply = this.#replies.get(event.item);
      if (reply) reply.heard = event.heard;
    } else if (event.type === "finished") {
      this.#replies.delete(event.item);
    } else if (event.type === "cut") {
      this.#isCutting = false;
      this.#isHeld = false;
      this.#isDucked = this.#voice !== "none" && this.#isDucked;
      for (const { item, heard } of event.counts) this.#forget(item, heard);
    }
    return this.#effects;
  }

  /** What was being played is gone, as when the loudspeaker had to be opened anew. @returns {Effect[]} */
  playerLost() {
    this.#effects = [];
    for (const [item, { heard }] of [...this.#replies]) this.#forget(item, heard);
    this.#isDucked = this.#isHeld = this.#isCutting = false;
    return this.#effects;
  }

  /** Nothing more comes on this connection: what has come is played to its end. @returns {Effect[]} */
  connectionLost() {
    this.#effects = [];
    this.#turnTaken = false;
    for (const [item, reply] of [...this.#replies]) {
      if (reply.received === 0) this.#replies.delete(item);
      else this.#finishReceiving(item);
    }
    return this.#effects;
  }

  /** The person wants silence. @returns {Effect[]} */
  hush() {
    this.#effects = [];
    this.#cut();
    return this.#effects;
  }

  /**
   * @param {string} item
   * @param {string} response
   */
  #announce(item, response) {
    if (this.#dropped.includes(item) || this.#replies.has(item)) return;
    this.#replies.set(item, { response, received: 0, heard: 0, isDone: false });
  }

  /** @param {{item_id: string, response_id: string, delta: string}} event */
  #receive({ item_id: item, response_id: response, delta }) {
    if (this.#dropped.includes(item)) return;
    this.#announce(item, response);
    const pcm = decodePcm(delta);
    const reply = this.#replies.get(item);
    if (!pcm || !reply) return;
    reply.received += pcm.length;
    this.#effects.push({ type: "play", item, pcm });
    if (this.#voice === "begun") this.#duck(true);
  }

  /** @param {string} item */
  #finishReceiving(item) {
    const reply = this.#replies.get(item);
    if (!reply || reply.isDone) return;
    reply.isDone = true;
    if (reply.received === 0) this.#replies.delete(item);
    else this.#effects.push({ type: "end", item });
  }

  /** @param {{id: string, status: string}} response */
  #onDone({ id, status }) {
    const of = [...this.#replies].filter(([, { response }]) => response === id);
    if (status === "cancelled") {
      if (of.some(([, { received }]) => received > 0)) this.#cut();
      for (const [item, { received }] of of) if (received === 0) this.#forget(item, 0);
    } else {
      for (const [item] of of) this.#finishReceiving(item);
    }
  }

  /** @param {number} now */
  #onServerHears(now) {
    if (this.#voice === "begun") {
      if (this.isSpeaking) this.#hold(true);
    } else if (now - this.#coughedAt > COUGH_ECHO_SECONDS) {
      // It hears what the microphone's own detector does not: it may hear better.
      this.#cut();
    }
  }

  /** @param {boolean} on */
  #duck(on) {
    if (this.#isDucked === on) return;
    this.#isDucked = on;
    this.#effects.push({ type: "duck", on });
  }

  /** @param {boolean} on */
  #hold(on) {
    if (this.#isHeld === on || this.#isCutting) return;
    this.#isHeld = on;
    this.#effects.push({ type: "hold", on });
  }

  #cut() {
    if (this.isSpeaking && !this.#isCutting) {
      this.#isCutting = true;
      this.#effects.push({ type: "cut" });
    }
    for (const [item, { received }] of [...this.#replies]) {
      if (received === 0) this.#forget(item, 0);
      else this.#drop(item);
    }
  }

  /**
   * Tell the server how much of an item was heard: it must know what was really said.
   * @param {string} item
   * @param {number} heard samples
   */
  #forget(item, heard) {
    const reply = this.#replies.get(item);
    this.#replies.delete(item);
    this.#drop(item);
    if (!reply || (reply.isDone && heard >= reply.received)) return;
    const milliseconds = Math.floor(Math.min(heard, reply.received) / SAMPLES_PER_MS);
    this.#effects.push({
      type: "send",
      event:
        milliseconds > 0
          ? { type: "conversation.item.truncate", item_id: item, content_index: 0, audio_end_ms: milliseconds }
          : { type: "conversation.item.delete", item_id: item },
    });
  }

  /** @param {string} item */
  #drop(item) {
    if (this.#dropped.includes(item)) return;
    this.#dropped.push(item);
    this.#dropped.splice(0, this.#dropped.length - REMEMBERED);
  }
}
