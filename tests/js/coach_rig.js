/** A conversation without a browser: what is said to it, and what it then does. */

import { Conversation } from "../../static/js/coach/conversation.js";
import { phaseOf } from "../../static/js/coach/words.js";
import { encodePcm } from "../../static/js/lib/base64.js";
import { MicrophoneError } from "../../static/js/live/microphone.js";

export const RATE = 24_000;
export const FRAMES = 960;
export const TAKE = {
  type: "coach.take",
  takeId: "t1",
  state: "recording",
  seconds: 0,
  metrics: null,
  transcript: null,
  speechUrl: null,
  message: null,
};

export class Rig {
  log = [];
  sent = [];
  /** The sound of replies, as it came. */
  received = [];
  now = 0;
  clock = 1_000_000;
  isOpen = true;
  bufferedBytes = 0;
  failure = null;
  isOnline = true;

  constructor() {
    const rig = this;
    const note = (name) => (...values) => void this.log.push([name, ...values].join(" "));
    this.conversation = new Conversation(
      {
        socket: (events) => {
          this.socket = events;
          return {
            connect: async () => {
              note("connect")();
              events.connecting();
            },
            send: (event) => {
              if (this.isOpen) this.sent.push(event);
              return this.isOpen;
            },
            close: ({ forget }) => note("close")(forget ? "forget" : "keep"),
            get isOpen() {
              return rig.isOpen;
            },
            get bufferedBytes() {
              return rig.bufferedBytes;
            },
          };
        },
        audio: (events) => {
          this.audio = events;
          return {
            open: async () => {
              if (this.failure) throw new MicrophoneError(this.failure);
              note("open")();
            },
            close: note("shut"),
            capture: note("capture"),
            play: (item) => note("play")(item),
            end: note("end"),
            duck: note("duck"),
            hold: note("hold"),
            cut: note("cut"),
            wake: async () => note("wake")(),
            get now() {
              return rig.now;
            },
            rate: RATE,
            outputLatency: 0.03,
          };
        },
        clock: () => this.clock,
        isOnline: () => this.isOnline,
      },
      { changed: () => {}, level: () => {} },
    );
  }

  get state() {
    return this.conversation.state;
  }

  get phase() {
    return phaseOf(this.state);
  }

  says(type, fields = {}) {
    if (type === "response.output_audio.delta") this.received.push(fields);
    this.socket.message({ type, ...fields });
  }

  is(state, fields = {}) {
    this.says("coach.state", { sessionId: "one", state, resumed: false, retryAt: null, ...fields });
  }

  take(fields) {
    this.says("coach.take", { ...TAKE, ...fields });
  }

  async on() {
    await this.conversation.switchOn();
    this.is("listening");
    return this;
  }

  speak(frames = 1) {
    for (let at = 0; at < frames; at += 1) this.audio.frames(new Int16Array(FRAMES));
  }

  reply(item, text, seconds) {
    this.says("response.created", { response: { id: "r" } });
    this.says("response.output_item.added", { response_id: "r", item: { id: item, role: "assistant" } });
    this.says("response.output_audio_transcript.delta", { item_id: item, delta: text });
    const delta = encodePcm(new Int16Array(seconds * RATE));
    this.says("response.output_audio.delta", { response_id: "r", item_id: item, delta });
    this.says("response.output_audio.done", { response_id: "r", item_id: item });
    this.says("response.done", { response: { id: "r", status: "completed" } });
  }

  plays(item) {
    this.audio.player({ type: "started", item, frame: this.now * RATE });
  }

  sentOf(type) {
    return this.sent.filter((event) => event.type === type);
  }
}
