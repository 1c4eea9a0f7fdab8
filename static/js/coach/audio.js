/**
 * Microphone and loudspeaker of the coach, on one audio clock: 24 kHz where the browser lets a
 * microphone into a context of that rate, else its own rate with a resampler in the worklets.
 */

import { microphoneProblem } from "../lib/microphone_problem.js";
import { MicrophoneError } from "../live/microphone.js";
import { ContextHealth } from "./context_health.js";

const RATE = 24_000;
const CHECK_MS = 500;
/** Digital silence for so long is no quiet room: the microphone is muted or was taken away. */
const SILENT_LEVELS = 60;

/**
 * @typedef {object} AudioEvents
 * @property {(pcm: Int16Array<ArrayBuffer>, samples: number) => void} frames two of 20 ms; samples so far
 * @property {(event: import("./voice.js").VoiceEvent) => void} voice
 * @property {(rms: number) => void} level twenty times a second
 * @property {(event: import("./playout.js").PlayoutEvent
 *   |{type: "heard", item: string, heard: number, frame: number}) => void} player
 * @property {(isBlocked: boolean) => void} blocked the browser wants one more click
 * @property {() => void} rebuilt what was being played is gone
 * @property {(isMuted: boolean) => void} muted
 * @property {(problem: import("./model.js").Problem) => void} lost the microphone, after it had worked
 *
 * @typedef {{stream: MediaStream, context: AudioContext, capture: AudioWorkletNode,
 *   player: AudioWorkletNode, health: ContextHealth}} Chain
 */

export class CoachAudio {
  #urls;
  #events;
  /** @type {Chain|null} */
  #chain = null;
  #isOpening = false;
  #isCapturing = false;
  #silentLevels = 0;
  /** @type {number|null} */
  #timer = null;

  /**
   * @param {{capture: string, player: string}} urls of the worklets
   * @param {AudioEvents} events
   */
  constructor(urls, events) {
    this.#urls = urls;
    this.#events = events;
  }

  get isOpen() {
    return this.#chain !== null;
  }

  /** Seconds on the audio clock. */
  get now() {
    return this.#chain?.context.currentTime ?? 0;
  }

  get rate() {
    return this.#chain?.context.sampleRate ?? RATE;
  }

  /** Seconds from a sample in the graph to the loudspeaker. */
  get outputLatency() {
    return this.#chain?.context.outputLatency ?? 0;
  }

  /**
   * Call inside a click: it unlocks the sound.
   * @throws {MicrophoneError}
   */
  async open() {
    if (this.#chain || this.#isOpening) return;
    if (!window.isSecureContext) throw new MicrophoneError(microphoneProblem("insecure"));
    if (!navigator.mediaDevices || !window.AudioWorkletNode) {
      throw new MicrophoneError(microphoneProblem("unsupported"));
    }
    this.#isOpening = true;
    // Before anything is awaited: afterwards it is no longer the click that makes it.
    const context = contextAt(RATE);
    void context.resume();
    /** @type {MediaStream|null} */
    let stream = null;
    try {
      stream = await navigator.mediaDevices.getUserMedia({
        // Here they help: the coach's own voice must not come back as somebody's.
        audio: { channelCount: 1, echoCancellation: true, noiseSuppression: true, autoGainControl: true },
      });
      await this.#build(stream, context);
    } catch (error) {
      stream?.getTracks().forEach((track) => track.stop());
      if (context.state !== "closed") void context.close();
      throw new MicrophoneError(microphoneProblem(error instanceof Error ? error.name : String(error)));
    } finally {
      this.#isOpening = false;
    }
    if (!document.hidden) this.check();
    this.#timer ??= window.setInterval(() => this.check(), CHECK_MS);
  }

  close() {
    if (this.#timer !== null) clearInterval(this.#timer);
    this.#timer = null;
    const chain = this.#chain;
    this.#chain = null;
    if (!chain) return;
    chain.stream.getTracks().forEach((track) => {
      track.onended = null;
      track.stop();
    });
    release(chain);
    this.#events.level(0);
  }

  /** @param {boolean} on whether frames are handed over */
  capture(on) {
    this.#isCapturing = on;
    this.#chain?.capture.port.postMessage({ type: "open", on });
  }

  /**
   * @param {string} item
   * @param {Int16Array<ArrayBuffer>} pcm 24 kHz; handed over
   */
  play(item, pcm) {
    this.#chain?.player.port.postMessage({ type: "audio", item, pcm: pcm.buffer }, [pcm.buffer]);
  }

  /** @param {string} item of which no more will come */
  end(item) {
    this.#chain?.player.port.postMessage({ type: "end", item });
  }

  /** @param {boolean} on */
  duck(on) {
    this.#chain?.player.port.postMessage({ type: "duck", on });
  }

  /** @param {boolean} on */
  hold(on) {
    this.#chain?.player.port.postMessage({ type: "hold", on });
  }

  cut() {
    this.#chain?.player.port.postMessage({ type: "cut" });
  }

  /** Call inside a click, when the browser held the sound back or a call has interrupted it. */
  async wake() {
    const chain = this.#chain;
    if (!chain) return;
    if (!ContextHealth.mayResume(chain.context.state)) {
      if (chain.context.state !== "running") await this.#rebuild();
      return;
    }
    chain.health.resumed(performance.now());
    void chain.context.resume();
  }

  /** Look after the context, which may have been stopped from outside. */
  check() {
    const { context, health } = this.#chain ?? {};
    if (!context || !health || document.hidden) return;
    const advice = health.check(context.state, context.currentTime, performance.now());
    this.#events.blocked(advice === "ask" || advice === "wait");
    if (advice === "rebuild") void this.#rebuild();
  }

  async #rebuild() {
    const chain = this.#chain;
    if (!chain || this.#isOpening) return;
    this.#isOpening = true;
    this.#chain = null;
    release(chain);
    this.#events.rebuilt();
    try {
      const context = contextAt(RATE);
      void context.resume();
      await this.#build(chain.stream, context);
    } catch {
      chain.stream.getTracks().forEach((track) => track.stop());
      this.#events.lost(microphoneProblem("stalled"));
    } finally {
      this.#isOpening = false;
    }
  }

  /**
   * @param {MediaStream} stream
   * @param {AudioContext} wanted
   */
  async #build(stream, wanted) {
    const { context, source } = withMicrophone(wanted, stream);
    await Promise.all([
      context.audioWorklet.addModule(this.#urls.capture),
      context.audioWorklet.addModule(this.#urls.player),
    ]);
    const mono = { channelCount: 1, channelCountMode: /** @type {const} */ ("explicit") };
    const player = new AudioWorkletNode(context, "coach-player", { numberOfInputs: 0, outputChannelCount: [1] });
    const capture = new AudioWorkletNode(context, "coach-capture", { numberOfInputs: 2, numberOfOutputs: 0, ...mono });
    capture.port.onmessage = ({ data }) => this.#onCapture(data);
    player.port.onmessage = ({ data }) => this.#events.player(data);
    source.connect(capture, 0, 0);
    player.connect(capture, 0, 1);
    player.connect(context.destination);
    const chain = { stream, context, capture, player, health: new ContextHealth() };
    this.#chain = chain;
    this.#silentLevels = 0;
    for (const track of stream.getAudioTracks()) {
      track.onended = () => {
        this.close();
        this.#events.lost(microphoneProblem("ended"));
      };
    }
    context.onstatechange = () => this.check();
    if (this.#isCapturing) this.capture(true);
  }

  /**
   * @param {{type: "frames", pcm: ArrayBuffer, samples: number}|{type: "level", rms: number}
   *   |{type: "voice", event: import("./voice.js").VoiceEvent}} message
   */
  #onCapture(message) {
    switch (message.type) {
      case "frames":
        this.#events.frames(new Int16Array(message.pcm), message.samples);
        break;
      case "voice":
        this.#events.voice(message.event);
        break;
      case "level":
        this.#watchSilence(message.rms);
        this.#events.level(message.rms);
        break;
    }
  }

  /** @param {number} rms */
  #watchSilence(rms) {
    const wasMuted = this.#silentLevels >= SILENT_LEVELS;
    this.#silentLevels = rms === 0 ? this.#silentLevels + 1 : 0;
    const isMuted = this.#silentLevels >= SILENT_LEVELS;
    if (isMuted !== wasMuted) this.#events.muted(isMuted);
  }
}

/** @param {number} rate */
function contextAt(rate) {
  try {
    return new AudioContext({ sampleRate: rate, latencyHint: "interactive" });
  } catch {
    return new AudioContext({ latencyHint: "interactive" });
  }
}

/**
 * Firefox refuses a microphone in a context of another rate than its own.
 * @param {AudioContext} context
 * @param {MediaStream} stream
 */
function withMicrophone(context, stream) {
  try {
    return { context, source: context.createMediaStreamSource(stream) };
  } catch (error) {
    if (!(error instanceof DOMException) || error.name !== "NotSupportedError") throw error;
    void context.close();
    const native = new AudioContext({ latencyHint: "interactive" });
    void native.resume();
    return { context: native, source: native.createMediaStreamSource(stream) };
  }
}

/** @param {Chain} chain */
function release({ context, capture, player }) {
  context.onstatechange = null;
  capture.port.onmessage = null;
  player.port.onmessage = null;
  if (context.state !== "closed") void context.close();
}
