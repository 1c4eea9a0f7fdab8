/**
 * The conversation: what the person wants, what the server says, and what each sets going in socket,
 * microphone and loudspeaker. Knows nothing of the page.
 */

import { MicrophoneError } from "../live/microphone.js";
import { Floor } from "./floor.js";
import { Latencies } from "./latencies.js";
import { initialState } from "./model.js";
import { Sender } from "./sender.js";
import { reduce } from "./state.js";

/**
 * @typedef {import("./model.js").State} State
 * @typedef {import("./model.js").Event} Event
 * @typedef {import("./protocol.js").ServerEvent} ServerEvent
 *
 * @typedef {object} Parts each is made with the events it reports to
 * @property {(events: import("./socket.js").SocketEvents) => Pick<import("./socket.js").CoachSocket,
 *   "connect"|"send"|"close"|"isOpen"|"bufferedBytes">} socket
 * @property {(events: import("./audio.js").AudioEvents) => Pick<import("./audio.js").CoachAudio,
 *   "open"|"close"|"capture"|"play"|"end"|"duck"|"hold"|"cut"|"wake"|"now"|"rate"|"outputLatency">} audio
 * @property {() => number} clock milliseconds since the epoch
 * @property {() => boolean} isOnline
 *
 * @typedef {object} Listeners
 * @property {(state: State) => void} changed
 * @property {(rms: number) => void} level of the microphone, 0 to 1
 */

export class Conversation {
  #state = initialState();
  #listeners;
  #socket;
  #audio;
  #clock;
  #isOnline;
  #floor = new Floor();
  #latencies = new Latencies();
  #sender;

  /**
   * @param {Parts} parts
   * @param {Listeners} listeners
   */
  constructor(parts, listeners) {
    this.#listeners = listeners;
    this.#clock = parts.clock;
    this.#isOnline = parts.isOnline;
    this.#socket = parts.socket({
      connecting: () => this.#dispatch({ type: "connecting" }),
      message: (event) => this.#onMessage(event),
      lost: () => this.#onLost({ type: "connection_lost", online: this.#isOnline() }),
      paused: (wait) => this.#onLost({ type: "connection_paused", until: this.#clock() + wait }),
      refused: (why) => this.#onRefused(why),
    });
    this.#sender = new Sender(this.#socket, this.#latencies);
    this.#audio = parts.audio({
      frames: (pcm) => this.#sender.push(pcm, this.#isHeard),
      voice: (event) => this.#onVoice(event),
      level: (rms) => this.#listeners.level(rms),
      player: (event) => this.#onPlayer(event),
      blocked: (isBlocked) => this.#dispatch({ type: "sound_blocked", isBlocked }),
      rebuilt: () => this.#apply(this.#floor.playerLost()),
      muted: (isMuted) => this.#dispatch({ type: "microphone_muted", isMuted }),
      lost: (problem) => this.#onMicrophoneLost(problem),
    });
  }

  get state() {
    return this.#state;
  }

  /** A coach that is still being fetched would not hear what is said. */
  get #isHeard() {
    return this.#state.connection === "open" && this.#state.server !== "connecting";
  }

  /** Call inside the click: it unlocks the sound and asks for the microphone, and only then connects. */
  async switchOn() {
    if (this.#state.isOn && this.#state.microphone === "opening") return;
    this.#dispatch({ type: "switched_on" });
    try {
      await this.#audio.open();
    } catch (error) {
      if (!(error instanceof MicrophoneError)) throw error;
      this.#dispatch({ type: "microphone_failed", problem: error.problem });
      return;
    }
    if (!this.#state.isOn) {
      this.#audio.close();
      return;
    }
    this.#dispatch({ type: "microphone_ready" });
    this.#audio.capture(true);
    this.connect();
  }

  switchOff() {
    this.#socket.close({ forget: true });
    this.#silence();
    this.#sender.copy.clear();
    this.#dispatch({ type: "switched_off" });
  }

  /** Also now, when an attempt is scheduled for later. */
  connect() {
    if (this.#state.isOn && this.#state.microphone !== "opening") void this.#socket.connect();
  }

  /** The network, the tab or the sign-in is back: go on, if that is what was missing. */
  reconnect() {
    const { connection, retryAt, refusal } = this.#state;
    if ((connection === "lost" && retryAt === null) || refusal === "signed_out") this.connect();
  }

  /** Without waiting for the end of a pause. */
  retry() {
    if (this.#state.connection === "open") this.#socket.send({ type: "coach.retry" });
    else this.connect();
  }

  /** Call inside a click. */
  wake() {
    void this.#audio.wake();
  }

  /** The coach says no more of this. */
  hush() {
    this.#apply(this.#floor.hush());
    if (this.#state.server === "speaking") this.#socket.send({ type: "response.cancel" });
  }

  startTake() {
    if (this.#state.connection !== "open" || this.#state.pending) return;
    this.#sender.copy.clear();
    this.#apply(this.#floor.hush());
    this.#ask({ type: "coach.take", action: "start" });
  }

  stopTake() {
    if (this.#state.take?.state !== "recording" || this.#state.pending === "stop") return;
    this.#dispatch({ type: "take_asked", action: "stop" });
    this.#sender.endTake();
  }

  /**
   * @param {string} title
   * @param {string} speakerName who consents
   */
  keepTake(title, speakerName) {
    if (this.#state.take?.state !== "ready" || this.#state.pending) return;
    const consent = { speakerName, consentConfirmed: true };
    this.#ask({ type: "coach.take", action: "keep", title, consent });
  }

  discardTake() {
    if (!this.#state.take || this.#state.pending) return;
    this.#sender.copy.clear();
    this.#ask({ type: "coach.take", action: "discard" });
  }

  /** @returns {ArrayBuffer} the take that only this page has, as a WAV file */
  keptHere() {
    return this.#sender.copy.wav();
  }

  /** @param {string} key */
  dismissNotice(key) {
    this.#dispatch({ type: "notice_dismissed", key });
  }

  /** For what is counted down or up on the page. */
  tick() {
    this.#dispatch({ type: "ticked", now: this.#clock() });
  }

  /** The page is being left: the server keeps the conversation for whoever comes back. */
  leave() {
    this.#socket.close({ forget: false });
    this.#silence();
  }

  /** @param {import("./messages.d.ts").CoachTakeAction} command */
  #ask(command) {
    if (this.#socket.send(command)) this.#dispatch({ type: "take_asked", action: command.action });
  }

  #silence() {
    this.#audio.capture(false);
    this.#audio.close();
    this.#sender.clear();
    this.#apply(this.#floor.playerLost());
    this.#dispatch({ type: "audible", isAudible: false });
  }

  /** @param {Event} event */
  #dispatch(event) {
    const before = this.#state;
    this.#state = reduce(before, event);
    if (this.#state !== before) this.#listeners.changed(this.#state);
  }

  /** @param {ServerEvent} event */
  #onMessage(event) {
    const now = this.#audio.now;
    switch (event.type) {
      case "input_audio_buffer.speech_stopped":
        this.#latencies.turnEnded(now);
        break;
      case "conversation.item.input_audio_transcription.completed":
        this.#latencies.captioned(now);
        this.#measured();
        break;
      case "coach.take":
        this.#sender.takes(event.state === "recording");
        if (event.state === "kept" || event.state === "discarded") this.#sender.copy.clear();
        break;
      default:
        break;
    }
    const before = this.#state;
    this.#dispatch({ ...event, now: this.#clock() });
    if (before.take?.state === "recording" && this.#state.take === null) this.#onTakeLost();
    this.#apply(this.#floor.server(event, now));
    if (event.type === "response.output_audio.delta") {
      const samples = this.#floor.received(event.item_id);
      if (samples > 0) this.#dispatch({ type: "received", item: event.item_id, samples });
    }
  }

  /** The server has begun a new conversation, and knows nothing of what was recorded. */
  #onTakeLost() {
    this.#sender.takes(false);
    this.#dispatch({ type: "take_kept_here", seconds: this.#sender.copy.seconds });
  }

  /** @param {import("./floor.js").Effect[]} effects */
  #apply(effects) {
    for (const effect of effects) {
      switch (effect.type) {
        case "play":
          this.#audio.play(effect.item, effect.pcm);
          break;
        case "end":
          this.#audio.end(effect.item);
          break;
        case "duck":
          this.#audio.duck(effect.on);
          break;
        case "hold":
          this.#audio.hold(effect.on);
          break;
        case "cut":
          this.#audio.cut();
          break;
        case "send":
          this.#socket.send(effect.event);
          break;
      }
    }
  }

  /** @param {import("./voice.js").VoiceEvent} event its `at` is a frame of the audio clock */
  #onVoice(event) {
    const at = event.at / this.#audio.rate;
    if (event.type === "onset") this.#latencies.voiceBegan(at);
    if (event.type === "released") this.#latencies.voiceEnded(at);
    this.#apply(this.#floor.voice(event, this.#audio.now));
  }

  /** @param {Parameters<import("./audio.js").AudioEvents["player"]>[0]} event */
  #onPlayer(event) {
    const at = "frame" in event ? event.frame / this.#audio.rate : this.#audio.now;
    switch (event.type) {
      case "started":
        this.#latencies.replied(at);
        this.#dispatch({ type: "audible", isAudible: true });
        this.#measured();
        break;
      case "held":
        this.#latencies.silenced(at);
        break;
      case "cut":
        this.#latencies.cut(at);
        for (const { item, heard } of event.counts) this.#dispatch({ type: "cut", item, samples: heard });
        this.#measured();
        break;
      case "underrun":
        this.#sender.underran();
        break;
      case "heard":
      case "finished":
        this.#dispatch({ type: "heard", item: event.item, samples: event.heard });
        break;
    }
    this.#apply(this.#floor.player(event));
    if (event.type !== "started") {
      this.#dispatch({ type: "audible", isAudible: this.#floor.isSpeaking && !this.#floor.isHeld });
    }
  }

  #measured() {
    this.#latencies.output(this.#audio.outputLatency);
    this.#dispatch({ type: "measured", figures: this.#latencies.latest });
  }

  /** @param {Event} event */
  #onLost(event) {
    this.#apply(this.#floor.connectionLost());
    this.#dispatch(event);
  }

  /** @param {import("./model.js").Refusal} why */
  #onRefused(why) {
    this.#apply(this.#floor.connectionLost());
    const wasRecording = this.#state.take?.state === "recording";
    this.#dispatch({ type: "connection_refused", why });
    if (wasRecording && why !== "replaced") {
      this.#dispatch({ type: "take_kept_here", seconds: this.#sender.copy.seconds });
    }
    // The conversation goes on elsewhere, or waits: this page must neither listen nor speak.
    if (why !== "signed_out") this.#silence();
  }

  /** @param {import("./model.js").Problem} problem */
  #onMicrophoneLost(problem) {
    this.#apply(this.#floor.playerLost());
    this.#dispatch({ type: "microphone_failed", problem });
    this.#dispatch({ type: "audible", isAudible: false });
    this.stopTake();
    this.#sender.flush();
  }
}
