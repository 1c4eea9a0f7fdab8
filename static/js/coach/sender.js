/**
 * What goes up to the server beside commands: sound, the end of a take after its last sample, that
 * the page keeps up, and what it has measured. Driven by the microphone's frames and nothing else.
 */

import { encodePcm } from "../lib/base64.js";
import { TakeCopy } from "./take_copy.js";
import { SAMPLE_RATE, Uplink } from "./uplink.js";

/** Counted in samples: a timer in a hidden tab is late. */
const REPORT_SAMPLES = 2 * SAMPLE_RATE;

/**
 * @typedef {Pick<import("./socket.js").CoachSocket, "send"|"isOpen"|"bufferedBytes">} Socket
 */

export class Sender {
  #socket;
  #latencies;
  #uplink = new Uplink();
  #copy = new TakeCopy();
  #sinceReport = 0;
  #underruns = 0;
  #told = { dropped: 0, gaps: 0, underruns: 0 };
  /** A take is being recorded, and its end has not been asked for. */
  #isTaking = false;
  /** It follows the last sample that was said before. */
  #endWanted = false;

  /**
   * @param {Socket} socket
   * @param {Pick<import("./latencies.js").Latencies, "take">} latencies
   */
  constructor(socket, latencies) {
    this.#socket = socket;
    this.#latencies = latencies;
  }

  /** The take as this page has it. */
  get copy() {
    return this.#copy;
  }

  /**
   * @param {Int16Array} pcm
   * @param {boolean} isHeard whether somebody listens at the other end
   */
  push(pcm, isHeard) {
    if (this.#isTaking) this.#copy.push(pcm);
    this.#uplink.push(pcm);
    if (isHeard) this.pump();
    this.#sinceReport += pcm.length;
    if (this.#sinceReport < REPORT_SAMPLES) return;
    this.#sinceReport = 0;
    this.#socket.send({ type: "coach.ack" });
    this.#report();
  }

  /** Send what waits, as far as the line and the server take it. */
  pump() {
    if (this.#socket.isOpen) this.#send(this.#uplink.take(this.#socket.bufferedBytes));
  }

  /** The microphone is gone: nothing comes after what waits. */
  flush() {
    if (this.#socket.isOpen) this.#send(this.#uplink.flush());
  }

  /** Whoever asked for a take, here or in another tab. @param {boolean} isTaking */
  takes(isTaking) {
    this.#uplink.keepAll(isTaking);
    if (isTaking === this.#isTaking || (isTaking && this.#endWanted)) return;
    this.#isTaking = isTaking;
    if (!isTaking) this.#endWanted = false;
  }

  endTake() {
    this.#isTaking = false;
    this.#endWanted = true;
    this.pump();
  }

  underran() {
    this.#underruns += 1;
  }

  /** The microphone is off: what waits is nobody's any more. */
  clear() {
    this.#uplink.clear();
    this.#isTaking = false;
    this.#endWanted = false;
  }

  /** @param {import("./uplink.js").Packet[]} packets */
  #send(packets) {
    for (const packet of packets) {
      this.#socket.send(
        packet.type === "gap"
          ? { type: "coach.gap", samples: packet.samples }
          : { type: "input_audio_buffer.append", audio: encodePcm(packet.pcm) },
      );
    }
    if (!this.#endWanted || this.#uplink.queued > 0) return;
    this.#endWanted = false;
    this.#socket.send({ type: "coach.take", action: "stop" });
  }

  /** Tell the server what was measured since it was last told. */
  #report() {
    const now = { dropped: this.#uplink.dropped, gaps: this.#uplink.gaps, underruns: this.#underruns };
    const since = {
      droppedSamples: now.dropped - this.#told.dropped,
      gaps: now.gaps - this.#told.gaps,
      underruns: now.underruns - this.#told.underruns,
    };
    const figures = this.#latencies.take();
    if (!figures && !Object.values(since).some((count) => count > 0)) return;
    if (this.#socket.send({ type: "coach.metrics", ...figures, ...since })) this.#told = now;
  }
}
