import assert from "node:assert/strict";
import { test } from "node:test";

import { MicrophoneError } from "../../static/js/live/microphone.js";
import { LiveSession } from "../../static/js/live/session.js";

const SETUP = { speakerName: "Ana", consentConfirmed: true, speechTitle: "Boats" };
const PROBLEM = { tone: "error", title: "No microphone was found.", text: "" };
const INFO = {
  type: "session_info",
  sessionId: "one",
  engines: { live: "a", final: "b", evaluation: "c", speech: "d" },
  limits: { maxSpeechSeconds: 1500 },
  resumeWindowSeconds: 120,
};
const settled = () => new Promise((resolve) => setImmediate(resolve));

class Rig {
  log = [];
  isConnected = true;
  lostSeconds = 0;
  failure = null;

  constructor(setup = SETUP) {
    const note = (name) => (...values) => void this.log.push([name, ...values].join(" "));
    this.session = new LiveSession(
      setup,
      {
        socket: (events) => {
          const rig = this;
          this.socket = events;
          return {
            connect: async () => note("connect")(),
            send: (message) => {
              if (this.isConnected) this.log.push(message.type);
              return this.isConnected;
            },
            holdAudio: note("hold"),
            releaseAudio: note("release"),
            flushAudio: note("flush"),
            discardAudio: note("discard"),
            sendAudio: note("frame"),
            close: note("close"),
            get lostSeconds() {
              return rig.lostSeconds;
            },
          };
        },
        microphone: (events) => {
          this.microphone = events;
          const rig = this;
          return {
            isRecording: false,
            async open() {
              if (rig.failure) throw new MicrophoneError(rig.failure);
            },
            record() {
              this.isRecording = true;
              rig.log.push("mic on");
            },
            async finish() {
              this.isRecording = false;
              rig.log.push("mic finished");
            },
            close() {
              if (this.isRecording) rig.log.push("mic off");
              this.isRecording = false;
            },
          };
        },
        playback: (events) => {
          this.playback = events;
          return { prime: note("prime"), play: async () => note("play")(), stop: note("silence") };
        },
      },
      { changed: () => {}, level: () => {} },
    );
  }

  /** Connected, set up, microphone checked. */
  static async ready() {
    const rig = new Rig();
    rig.open("one");
    await rig.session.checkMicrophone();
    rig.log = [];
    return rig;
  }

  static async recording() {
    const rig = await Rig.ready();
    await rig.session.start();
    rig.say({ type: "state_change", state: "recording" });
    rig.log = [];
    return rig;
  }

  open(sessionId) {
    this.socket.opened();
    this.say({ type: "state_change", state: "idle" });
    this.say({ ...INFO, sessionId });
  }

  /** In the server's order. */
  resume(state) {
    this.socket.opened();
    this.say({ type: "state_change", state });
    this.say({ type: "session_resumed", sessionId: "one", receivedSamples: 0 });
    this.say({ type: "state_change", state });
    this.say(INFO);
  }

  say(message) {
    this.socket.message(message);
  }
}

test("a connection is told the set-up in full", () => {
  const rig = new Rig();
  rig.open("one");
  assert.deepEqual(rig.log, [
    "set_consent",
    "set_project_context",
    "set_vad_config",
    "set_time_limit",
    "set_active_roles",
    "set_session_mode",
  ]);
  rig.session.commitSetup();
  assert.equal(rig.log.length, 6, "nothing is said twice in one session");
  rig.socket.lost();
  rig.open("two");
  assert.equal(rig.log.length, 12, "a fresh session hears everything again");
  rig.socket.lost();
  rig.resume("idle");
  assert.equal(rig.log.length, 12, "a resumed one has not forgotten");
});

test("what changes while recording is said if the server takes it then", async () => {
  const rig = await Rig.recording();
  rig.session.changeSetup({ notes: "Paused well.", style: "sbi", timeLimitSeconds: 90 });
  rig.session.commitSetup();
  assert.deepEqual(rig.log, ["set_time_limit", "set_notes"]);
});

test("empty notes are said only where they take something back", () => {
  const rig = new Rig();
  rig.open("one");
  assert.ok(!rig.log.includes("set_notes"));
  for (const notes of ["a", ""]) {
    rig.session.changeSetup({ notes });
    rig.session.commitSetup();
  }
  assert.equal(rig.log.filter((type) => type === "set_notes").length, 2);
});

test("after a reload the notes are the server's, and may be taken back", () => {
  const rig = new Rig();
  rig.socket.opened();
  rig.say({ ...INFO, notes: "Paused well." });
  assert.equal(rig.session.state.setup.notes, "Paused well.");
  assert.ok(!rig.log.includes("set_notes"), "the server knows them");
  rig.session.changeSetup({ notes: "" });
  rig.session.commitSetup();
  assert.ok(rig.log.includes("set_notes"));
});

test("what was typed meanwhile is newer than the server's notes", () => {
  const rig = new Rig();
  rig.session.changeSetup({ notes: "typed" });
  rig.socket.opened();
  rig.say({ ...INFO, notes: "older" });
  assert.equal(rig.session.state.setup.notes, "typed");
  assert.ok(rig.log.includes("set_notes"));
  rig.session.changeSetup({ notes: "" });
  rig.socket.lost();
  rig.resume("idle");
  rig.say({ ...INFO, notes: "typed" });
  assert.equal(rig.session.state.setup.notes, "", "a page that is there knows best");
});

test("Stop without a connection ends the capture now and is said after the resume", async () => {
  const rig = await Rig.recording();
  rig.isConnected = false;
  rig.socket.lost();
  await rig.session.stop();
  await rig.session.stop();
  assert.deepEqual(rig.log, ["mic finished"]);
  rig.isConnected = true;
  rig.log = [];
  rig.resume("recording");
  assert.deepEqual(rig.log, ["flush", "stop_recording"]);
});

test("taken over by another tab, this one neither listens nor plays, until it takes over again", async () => {
  const rig = await Rig.recording();
  rig.socket.refused("replaced");
  assert.deepEqual(rig.log, ["mic off", "discard", "silence"]);
  rig.log = [];
  rig.resume("recording");
  await settled();
  assert.deepEqual(rig.log, ["release", "mic on"]);
});

test("signed out, it goes on listening; Stop ends the capture and is said after signing in", async () => {
  const rig = await Rig.recording();
  rig.socket.refused("signed_out");
  rig.microphone.frame("7");
  assert.deepEqual(rig.log, ["frame 7"]);
  rig.isConnected = false;
  await rig.session.stop();
  assert.deepEqual(rig.log, ["frame 7", "mic finished"]);
  rig.isConnected = true;
  rig.log = [];
  rig.resume("recording");
  assert.deepEqual(rig.log, ["flush", "stop_recording"]);
});

test("no longer allowed, it listens no more", async () => {
  const rig = await Rig.recording();
  rig.socket.refused("forbidden");
  assert.deepEqual(rig.log, ["mic off", "discard"]);
});

test("sound that falls out of the backlog is told second by second", async () => {
  const rig = await Rig.recording();
  rig.socket.lost();
  for (const seconds of [0, 0.5, 1.2, 1.9]) {
    rig.lostSeconds = seconds;
    rig.microphone.frame("");
  }
  const [notice] = rig.session.state.notices.filter(({ key }) => key === "overflow");
  assert.match(notice.title, /^1 s /);
});

test("withdrawing consent stops everything here before it is asked of the server", async () => {
  const rig = await Rig.recording();
  rig.say({ type: "consent_status", consent: { ...SETUP, consentTimestamp: "" } });
  rig.session.withdraw();
  rig.session.withdraw();
  assert.deepEqual(rig.log, ["mic off", "silence", "discard", "revoke_consent"]);
});

test("what was captured before a panic can be evaluated, once", async () => {
  const rig = await Rig.recording();
  rig.session.panic();
  rig.say({ type: "state_change", state: "idle" });
  rig.log = [];
  rig.session.process();
  rig.session.process();
  assert.deepEqual(rig.log, ["process_captured"]);
  rig.say({ type: "state_change", state: "processing" });
  assert.equal(rig.session.state.captured, false);
});

test("what is not consented is not logged as a refusal, what is taken back is", () => {
  const rig = new Rig({ ...SETUP, consentConfirmed: false });
  rig.open("one");
  assert.ok(!rig.log.includes("set_consent"));
  rig.session.changeSetup({ consentConfirmed: true });
  rig.session.commitSetup();
  rig.session.changeSetup({ consentConfirmed: false });
  rig.session.commitSetup();
  assert.equal(rig.log.filter((type) => type === "set_consent").length, 2);
});

test("capture begins before the server is asked, so that the first frame is kept", async () => {
  const rig = await Rig.ready();
  await rig.session.start();
  rig.microphone.frame("0");
  rig.say({ type: "state_change", state: "recording" });
  assert.deepEqual(rig.log, ["silence", "hold", "mic on", "audio_format", "start_recording", "frame 0", "release"]);
});

test("a double click sends one command", async () => {
  const rig = await Rig.ready();
  await Promise.all([rig.session.start(), rig.session.start()]);
  assert.equal(rig.log.filter((type) => type === "start_recording").length, 1);
  rig.say({ type: "state_change", state: "recording" });
  await Promise.all([rig.session.stop(), rig.session.stop()]);
  assert.equal(rig.log.filter((type) => type === "stop_recording").length, 1);
  rig.say({ type: "state_change", state: "processing" });
  rig.session.deliver();
  rig.session.deliver();
  assert.equal(rig.log.filter((type) => type === "deliver_evaluation").length, 1);
});

test("Stop follows the last frame", async () => {
  const rig = await Rig.recording();
  await rig.session.stop();
  assert.deepEqual(rig.log, ["mic finished", "flush", "stop_recording"]);
});

test("a start that is refused takes the microphone off", async () => {
  const rig = await Rig.ready();
  await rig.session.start();
  rig.say({ type: "error", message: "consent has not been confirmed", recoverable: true });
  assert.deepEqual(rig.log.slice(-2), ["mic off", "discard"]);
});

test("a microphone that fails before the start sends nothing", async () => {
  const rig = await Rig.ready();
  rig.failure = PROBLEM;
  await rig.session.start();
  assert.deepEqual(rig.log, ["silence", "hold", "discard"]);
  assert.equal(rig.session.state.microphone, "failed");
});

test("a microphone that fails after start_recording calls the recording off", async () => {
  const rig = await Rig.ready();
  await rig.session.start();
  rig.microphone.lost(PROBLEM);
  assert.equal(rig.log.at(-1), "panic_mute");
  assert.match(rig.session.state.microphoneProblem.text, /called off/);
});

test("a microphone that fails while recording stops it and keeps what was heard", async () => {
  const rig = await Rig.recording();
  rig.microphone.lost(PROBLEM);
  await settled();
  assert.equal(rig.log.at(-1), "stop_recording");
});

test("after Stop no audio is expected any more", async () => {
  const rig = await Rig.recording();
  await rig.session.stop();
  rig.say({ type: "state_change", state: "processing" });
  assert.equal(rig.log.at(-1), "discard");
});

test("the server's own stop takes the microphone off", async () => {
  const rig = await Rig.recording();
  rig.say({ type: "state_change", state: "processing" });
  assert.deepEqual(rig.log, ["mic off", "discard"]);
});

test("a lost connection does not stop the capture, a fresh session does", async () => {
  const rig = await Rig.recording();
  rig.socket.lost();
  rig.microphone.frame("7");
  assert.deepEqual(rig.log, ["frame 7"]);
  rig.open("two");
  assert.ok(rig.log.includes("mic off"));
});

test("the end of playback is told once, while delivering", async () => {
  const rig = await Rig.recording();
  for (const state of ["processing", "delivering"]) rig.say({ type: "state_change", state });
  rig.log = [];
  rig.socket.audio(new ArrayBuffer(4));
  rig.playback.started();
  rig.playback.ended();
  rig.say({ type: "state_change", state: "idle" });
  rig.playback.started();
  rig.playback.ended();
  assert.deepEqual(rig.log, ["play", "playback_finished"]);
});

test("sound that comes after a panic is not played", async () => {
  const rig = await Rig.recording();
  rig.say({ type: "state_change", state: "processing" });
  rig.session.deliver();
  rig.session.panic();
  rig.log = [];
  rig.socket.audio(new ArrayBuffer(4));
  rig.say({ type: "state_change", state: "idle" });
  rig.socket.audio(new ArrayBuffer(4));
  assert.deepEqual(rig.log, []);
});

test("a panic without a connection is sent as soon as there is one", async () => {
  const rig = await Rig.recording();
  rig.isConnected = false;
  rig.socket.lost();
  rig.session.panic();
  rig.log = [];
  rig.isConnected = true;
  rig.socket.opened();
  assert.deepEqual(rig.log, ["panic_mute"]);
});
