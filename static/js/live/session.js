/**
 * The operator's session: commands out, messages in, and what each sets going in socket,
 * microphone and playback. Knows nothing of the page.
 */

import { MicrophoneError } from "./microphone.js";
import { initialState } from "./model.js";
import { allowed } from "./permissions.js";
import { mayBeSent, setupMessages } from "./setup.js";
import { reduce } from "./state.js";

/**
 * @typedef {import("./model.js").State} State
 * @typedef {import("./model.js").Event} Event
 * @typedef {import("./model.js").Setup} Setup
 *
 * @typedef {object} Parts each is made with the events it reports to
 * @property {(events: import("./socket.js").SocketEvents) => Pick<import("./socket.js").SessionSocket,
 *   "connect"|"send"|"holdAudio"|"releaseAudio"|"flushAudio"|"discardAudio"|"sendAudio"|"close"|"lostSeconds">} socket
 * @property {(events: import("./microphone.js").MicrophoneEvents) => Pick<import("./microphone.js").Microphone,
 *   "open"|"record"|"finish"|"close"|"isRecording">} microphone
 * @property {(events: import("./playback.js").PlaybackEvents) => Pick<import("./playback.js").Playback,
 *   "prime"|"play"|"stop">} playback
 *
 * @typedef {object} Listeners
 * @property {(state: State) => void} changed
 * @property {(rms: number) => void} level of the open microphone, 0 to 1
 */

export class LiveSession {
  #state;
  #listeners;
  #socket;
  #microphone;
  #playback;
  /** What this session was told last, by message type. @type {Map<string, string>} */
  #announced = new Map();
  /** The session on this connection is the one from before. */
  #isResumed = false;
  /** Whole seconds of this recording that fell out of the backlog, as last told. */
  #lostSeconds = 0;

  /**
   * @param {Partial<Setup>} setup
   * @param {Parts} parts
   * @param {Listeners} listeners
   */
  constructor(setup, parts, listeners) {
    this.#state = initialState(setup);
    this.#listeners = listeners;
    this.#socket = parts.socket({
      connecting: () => this.#dispatch({ type: "connecting" }),
      opened: () => this.#onOpened(),
      message: (message) => this.#onMessage(message),
      audio: (file) => this.#onAudio(file),
      lost: () => this.#dispatch({ type: "connection_lost" }),
      refused: (why) => this.#dispatch({ type: "connection_refused", why }),
    });
    this.#microphone = parts.microphone({
      frame: (pcm) => this.#onFrame(pcm),
      level: (rms) => this.#listeners.level(rms),
      lost: (problem) => void this.#onMicrophoneLost(problem),
    });
    this.#playback = parts.playback({
      started: () => this.#dispatch({ type: "playback_started" }),
      paused: () => this.#dispatch({ type: "playback_ended" }),
      ended: () => this.#onPlaybackEnded(),
      blocked: () => this.#dispatch({ type: "playback_blocked" }),
    });
  }

  get state() {
    return this.#state;
  }

  /** Also now, when a reconnect is scheduled for later. */
  connect() {
    void this.#socket.connect();
  }

  /** @param {Partial<Setup>} setup */
  changeSetup(setup) {
    this.#dispatch({ type: "setup_changed", setup });
  }

  /** The operator has finished a field: tell the server. */
  commitSetup() {
    this.#announce();
  }

  async checkMicrophone() {
    if (this.#microphone.isRecording) return;
    this.#dispatch({ type: "microphone_opening" });
    if (await this.#openMicrophone()) this.#dispatch({ type: "microphone_ready" });
  }

  async start() {
    if (!allowed(this.#state, "start")) return;
    this.#dispatch({ type: "command_sent", action: "start" });
    this.#playback.stop();
    // From here on every frame is kept, and sent once the server says that it records.
    this.#socket.holdAudio();
    if (!(await this.#openMicrophone())) return;
    if (this.#state.pending !== "start") {
      this.#microphone.close();
      return;
    }
    this.#announce();
    this.#microphone.record();
    this.#socket.send({
      type: "audio_format",
      channels: 1,
      sampleRate: 16000,
      encoding: "LINEAR16",
    });
    this.#socket.send({ type: "start_recording" });
  }

  async stop() {
    if (!allowed(this.#state, "stop")) return;
    const isConnected = this.#state.connection === "open";
    this.#dispatch(isConnected ? { type: "command_sent", action: "stop" } : { type: "stop_wanted" });
    await this.#microphone.finish();
    // Without a connection it is said after the resume.
    if (isConnected && this.#state.phase === "recording") this.#finishRecording();
  }

  #finishRecording() {
    this.#announce();
    this.#socket.flushAudio();
    this.#socket.send({ type: "stop_recording" });
  }

  /** Call inside the click: it unlocks the sound. */
  deliver() {
    if (!allowed(this.#state, "deliver")) return;
    this.#playback.prime();
    this.#dispatch({ type: "command_sent", action: "deliver" });
    this.#socket.send({ type: "deliver_evaluation" });
  }

  save() {
    if (!allowed(this.#state, "save")) return;
    this.#dispatch({ type: "command_sent", action: "save" });
    this.#socket.send({ type: "save_outputs" });
  }

  /** Call inside the click: it unlocks the sound. */
  replay() {
    if (!allowed(this.#state, "replay")) return;
    this.#playback.prime();
    this.#dispatch({ type: "command_sent", action: "replay" });
    this.#socket.send({ type: "replay_tts" });
  }

  /** Have evaluated what was captured before a panic or a reload. */
  process() {
    if (!allowed(this.#state, "process")) return;
    this.#dispatch({ type: "command_sent", action: "process" });
    this.#announce();
    this.#socket.send({ type: "process_captured" });
  }

  /** The speaker takes the consent back: everything of this speech is erased. */
  withdraw() {
    if (!allowed(this.#state, "withdraw")) return;
    this.#dispatch({ type: "command_sent", action: "withdraw" });
    this.#microphone.close();
    this.#playback.stop();
    this.#socket.discardAudio();
    this.#socket.send({ type: "revoke_consent" });
  }

  /** Always, from any state, at once: nothing is heard and nothing is recorded any more. */
  panic() {
    this.#microphone.close();
    this.#playback.stop();
    this.#socket.discardAudio();
    this.#dispatch({ type: "panicked" });
    this.#socket.send({ type: "panic_mute" });
  }

  /** @param {string} key */
  dismissNotice(key) {
    this.#dispatch({ type: "notice_dismissed", key });
  }

  dismissSilence() {
    this.#dispatch({ type: "silence_dismissed" });
  }

  /** The page is being left. */
  leave() {
    this.#microphone.close();
    this.#playback.stop();
    this.#socket.close();
  }

  /** @param {Event} event */
  #dispatch(event) {
    const before = this.#state;
    this.#state = reduce(before, event);
    if (this.#state === before) return;
    this.#settle(before);
    this.#listeners.changed(this.#state);
  }

  /**
   * Brings microphone and playback in line with the state, whatever led to it.
   * @param {State} before
   */
  #settle(before) {
    const { phase, pending, purges, refusal } = this.#state;
    if (phase === "recording" && before.phase !== "recording") void this.#onRecording();
    const captures = phase === "recording" || pending === "start";
    if (this.#microphone.isRecording && !captures) this.#microphone.close();
    if ((before.phase === "recording" || before.pending === "start") && !captures) {
      this.#socket.discardAudio();
    }
    if (refusal === "replaced" && before.refusal !== refusal) this.#playback.stop();
    if (purges !== before.purges) {
      this.#playback.stop();
      this.#announced.clear();
    }
  }

  #onOpened() {
    this.#isResumed = false;
    // Pressed while there was no connection.
    if (this.#state.panicking) this.#socket.send({ type: "panic_mute" });
  }

  /** @param {import("./contract.js").ServerMessage} message */
  #onMessage(message) {
    if (message.type === "session_resumed") this.#isResumed = true;
    if (message.type === "consent_status" && message.consent) {
      const { speakerName, consentConfirmed } = message.consent;
      this.#remember({ type: "set_consent", speakerName, consentConfirmed });
    }
    this.#dispatch(message);
    if (message.type === "session_info") this.#onSessionInfo(message);
    if (message.type === "session_resumed") this.#onResumed();
  }

  /** @param {import("./contract.js").SessionInfo} info */
  #onSessionInfo({ notes }) {
    if (!this.#isResumed) this.#announced.clear();
    if (notes) this.#remember({ type: "set_notes", notes });
    if (!this.#isResumed) this.#announce();
  }

  #onResumed() {
    const { phase, stopWanted } = this.#state;
    if (phase !== "recording" || !stopWanted) return;
    this.#dispatch({ type: "command_sent", action: "stop" });
    this.#finishRecording();
  }

  /** @param {Int16Array} pcm */
  #onFrame(pcm) {
    this.#socket.sendAudio(pcm);
    const lost = Math.floor(this.#socket.lostSeconds);
    if (lost > this.#lostSeconds) this.#dispatch({ type: "audio_lost", seconds: lost });
    this.#lostSeconds = lost;
  }

  /** @param {ArrayBuffer} file */
  #onAudio(file) {
    if (this.#state.panicking || this.#state.muted) return;
    void this.#playback.play(file);
  }

  async #onRecording() {
    this.#socket.releaseAudio();
    if (this.#microphone.isRecording) return;
    // The server records although the start was given up here, after an unrelated error for instance.
    if (await this.#openMicrophone()) this.#microphone.record();
    else this.panic();
  }

  /** @param {import("./model.js").MicrophoneProblem} problem */
  async #onMicrophoneLost(problem) {
    const { phase, pending } = this.#state;
    if (pending === "start") {
      this.panic();
      this.#dispatch({ type: "microphone_lost", problem, panicked: true });
    } else if (phase === "recording") {
      this.#dispatch({ type: "microphone_lost", problem, panicked: false });
      await this.stop();
    } else {
      this.#dispatch({ type: "microphone_failed", problem });
    }
  }

  #onPlaybackEnded() {
    if (this.#state.phase === "delivering") this.#socket.send({ type: "playback_finished" });
    this.#dispatch({ type: "playback_ended" });
  }

  async #openMicrophone() {
    try {
      await this.#microphone.open();
      return true;
    } catch (error) {
      if (!(error instanceof MicrophoneError)) throw error;
      this.#dispatch({ type: "microphone_failed", problem: error.problem });
      return false;
    }
  }

  /** Tells the session what it has not been told and takes now. */
  #announce() {
    for (const message of setupMessages(this.#state.setup)) {
      if (!mayBeSent(message.type, this.#state.phase)) continue;
      const isNews = this.#announced.has(message.type) || isWorthSaying(message);
      const unchanged = this.#announced.get(message.type) === JSON.stringify(message);
      if (isNews && !unchanged && this.#socket.send(message)) this.#remember(message);
    }
  }

  /** @param {import("./contract.js").ClientMessage} message */
  #remember(message) {
    this.#announced.set(message.type, JSON.stringify(message));
  }
}

/**
 * Whether it is worth a message where the server has heard nothing of the kind.
 * @param {import("./contract.js").ClientMessage} message
 */
function isWorthSaying(message) {
  // A refusal is a row in the consent log only if it takes back a consent; and after a reload, no
  // notes on the page does not mean that there are none.
  if (message.type === "set_consent") return message.consentConfirmed;
  return message.type !== "set_notes" || message.notes !== "";
}
