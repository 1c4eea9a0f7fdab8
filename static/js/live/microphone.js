/**
 * The microphone as a stream of exact 50 ms frames. It can be open without recording: then only
 * its level is measured, and nothing leaves the page.
 */

import { microphoneProblem } from "../lib/microphone_problem.js";

/** Time for the worklet to hand over its last frame. */
const FINISH_MS = 500;

/**
 * @typedef {import("./model.js").MicrophoneProblem} MicrophoneProblem
 *
 * @typedef {object} MicrophoneEvents
 * @property {(pcm: Int16Array) => void} frame 800 samples at 16 kHz
 * @property {(rms: number) => void} level 0 to 1, every 50 ms
 * @property {(problem: MicrophoneProblem) => void} lost after it had worked
 */

/** Carries words for the operator. */
export class MicrophoneError extends Error {
  /** @param {MicrophoneProblem} problem */
  constructor(problem) {
    super(problem.title);
    this.problem = problem;
  }
}

/**
 * Whether the browser would give the microphone without asking. Only a hint: Safari says "prompt"
 * even after a refusal.
 * @returns {Promise<boolean>}
 */
export async function microphoneIsGranted() {
  try {
    const name = /** @type {PermissionName} */ ("microphone");
    return (await navigator.permissions.query({ name })).state === "granted";
  } catch {
    return false;
  }
}

export class Microphone {
  #workletUrl;
  #events;
  /** @type {{stream: MediaStream, context: AudioContext, node: AudioWorkletNode}|null} */
  #chain = null;
  /** @type {Promise<void>|null} */
  #opening = null;
  #recording = false;
  /** @type {(() => void)|null} */
  #finished = null;

  /**
   * @param {string} workletUrl
   * @param {MicrophoneEvents} events
   */
  constructor(workletUrl, events) {
    this.#workletUrl = workletUrl;
    this.#events = events;
  }

  get isOpen() {
    return this.#chain !== null;
  }

  get isRecording() {
    return this.#recording;
  }

  /**
   * Idempotent; two calls at once open one microphone.
   * @throws {MicrophoneError}
   */
  async open() {
    if (this.#chain) {
      await this.#chain.context.resume();
      return;
    }
    this.#opening ??= this.#build().finally(() => {
      this.#opening = null;
    });
    await this.#opening;
  }

  /** Every frame from the next sample on. The microphone must be open. */
  record() {
    this.#recording = true;
    this.#chain?.node.port.postMessage({ type: "record" });
  }

  /** Ends recording; resolves after the last frame was handed over. Then the microphone is closed. */
  async finish() {
    const { node } = this.#chain ?? {};
    if (node && this.#recording) {
      await new Promise((resolve) => {
        const timer = setTimeout(resolve, FINISH_MS);
        this.#finished = () => {
          clearTimeout(timer);
          resolve(undefined);
        };
        node.port.postMessage({ type: "finish" });
      });
    }
    this.close();
  }

  /** At once, dropping what was not handed over. */
  close() {
    this.#recording = false;
    this.#finished = null;
    const chain = this.#chain;
    this.#chain = null;
    if (!chain) return;
    chain.node.port.onmessage = null;
    chain.context.onstatechange = null;
    for (const track of chain.stream.getTracks()) {
      track.onended = null;
      track.stop();
    }
    void chain.context.close();
    this.#events.level(0);
  }

  async #build() {
    if (!window.isSecureContext) throw new MicrophoneError(microphoneProblem("insecure"));
    if (!navigator.mediaDevices || !window.AudioWorkletNode) {
      throw new MicrophoneError(microphoneProblem("unsupported"));
    }
    /** @type {MediaStream|null} */
    let stream = null;
    /** @type {AudioContext|null} */
    let context = null;
    try {
      // What a headset's processing does to loudness and pauses would end up in the metrics.
      stream = await navigator.mediaDevices.getUserMedia({
        audio: {
          channelCount: 1,
          echoCancellation: false,
          noiseSuppression: false,
          autoGainControl: false,
        },
      });
      context = new AudioContext();
      await context.audioWorklet.addModule(this.#workletUrl);
      const node = new AudioWorkletNode(context, "capture", {
        numberOfOutputs: 0,
        channelCount: 1,
        channelCountMode: "explicit",
      });
      node.port.onmessage = ({ data }) => this.#receive(data);
      context.createMediaStreamSource(stream).connect(node);
      // Not awaited: without a gesture the promise may stay open until there is one.
      void context.resume();
      this.#chain = { stream, context, node };
      this.#watch(this.#chain);
    } catch (error) {
      stream?.getTracks().forEach((track) => track.stop());
      void context?.close();
      throw new MicrophoneError(microphoneProblem(error instanceof Error ? error.name : String(error)));
    }
  }

  /** @param {{stream: MediaStream, context: AudioContext}} chain */
  #watch({ stream, context }) {
    const lose = (/** @type {string} */ why) => {
      this.close();
      this.#events.lost(microphoneProblem(why));
    };
    for (const track of stream.getAudioTracks()) track.onended = () => lose("ended");
    context.onstatechange = () => {
      // "interrupted" is WebKit's, after a call or a locked screen, and may never end by itself.
      if (/** @type {string} */ (context.state) === "interrupted") lose("stalled");
    };
  }

  /** @param {{type: "level", rms: number}|{type: "frame", pcm: ArrayBuffer}|{type: "finished"}} message */
  #receive(message) {
    switch (message.type) {
      case "level":
        this.#events.level(message.rms);
        break;
      case "frame":
        if (this.#recording) this.#events.frame(new Int16Array(message.pcm));
        break;
      case "finished":
        this.#finished?.();
        break;
    }
  }
}
