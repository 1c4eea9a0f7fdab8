import assert from "node:assert/strict";
import { test } from "node:test";

import { initialState } from "../../static/js/live/model.js";
import { allowed, headline, startBlockedBecause } from "../../static/js/live/permissions.js";
import { reduce } from "../../static/js/live/state.js";

const SETUP = { speakerName: "Ana", consentConfirmed: true };
const INFO = {
  type: "session_info",
  sessionId: "one",
  engines: { live: "a", final: "b", evaluation: "c", speech: "d" },
  limits: { maxSpeechSeconds: 1500 },
  resumeWindowSeconds: 120,
};
const EVALUATION = { opening: "o", items: [], closing: "c" };
const go = (state) => ({ type: "state_change", state });
const after = (state, ...events) => events.reduce(reduce, state);
const ready = () => after(initialState(SETUP), go("idle"), INFO, { type: "microphone_ready" });
const segment = (text, isFinal = true) => ({ text, startTime: 0, endTime: 1, words: [], isFinal });
const progress = (stage, runId) => ({ type: "pipeline_progress", stage, runId });

test("with the evaluation comes which engines gave it, until the next one is prepared", () => {
  const engines = { live: "a", final: "b", evaluation: "builtin", speech: "c" };
  const done = after(ready(), { ...progress("ready", 3), engines });
  assert.deepEqual(done.served, engines);
  assert.equal(after(done, progress("processing_speech", 4)).served, null);
});

test("Start says what is missing, one thing at a time", () => {
  let state = initialState();
  assert.match(startBlockedBecause(state), /connection/);
  state = after(state, go("idle"), INFO);
  assert.match(startBlockedBecause(state), /name/);
  state = after(state, { type: "setup_changed", setup: { speakerName: "Ana" } });
  assert.match(startBlockedBecause(state), /consented/);
  state = after(state, { type: "setup_changed", setup: { consentConfirmed: true } });
  assert.match(startBlockedBecause(state), /microphone/);
  state = after(state, { type: "microphone_ready" });
  assert.equal(startBlockedBecause(state), null);
});

test("a machine without a microphone keeps Start disabled, whatever is edited afterwards", () => {
  const problem = { tone: "error", title: "No microphone was found.", text: "" };
  const state = after(
    ready(),
    { type: "microphone_failed", problem },
    { type: "setup_changed", setup: { consentConfirmed: false } },
    { type: "setup_changed", setup: { consentConfirmed: true } },
  );
  assert.equal(startBlockedBecause(state), "No microphone was found.");
});

test("a command waiting for its answer cannot be sent again", () => {
  const sent = after(ready(), { type: "command_sent", action: "start" });
  assert.equal(allowed(sent, "start"), false);
  assert.equal(headline(sent).label, "Starting");
  const recording = after(sent, go("recording"));
  assert.equal(allowed(recording, "stop"), true);
  assert.equal(allowed(after(recording, { type: "command_sent", action: "stop" }), "stop"), false);
});

test("after an error the command may be tried again", () => {
  const state = after(
    ready(),
    { type: "command_sent", action: "start" },
    { type: "error", message: "Invalid state transition", recoverable: true },
  );
  assert.equal(allowed(state, "start"), true);
  assert.equal(state.notices.length, 1);
});

test("captions are spliced from the index", () => {
  const state = after(
    initialState(),
    { type: "transcript_update", segments: [segment("a"), segment("b", false)], replaceFromIndex: 0 },
    { type: "transcript_update", segments: [segment("B"), segment("c")], replaceFromIndex: 1 },
  );
  assert.deepEqual(state.segments.map(({ text }) => text), ["a", "B", "c"]);
  assert.equal(state.spliced, 1);
});

test("after panic nothing brings processing back", () => {
  const state = after(
    ready(),
    go("recording"),
    go("processing"),
    progress("processing_speech", 1),
    { type: "panicked" },
    go("processing"),
    progress("ready", 1),
    { type: "evaluation_ready", evaluation: EVALUATION, script: "" },
  );
  assert.equal(state.phase, "idle");
  assert.equal(state.progress, null);
  assert.equal(state.evaluation, null);
  const answered = after(state, go("idle"), progress("ready", 1));
  assert.equal(answered.progress, null);
  assert.equal(headline(answered).label, "Muted");
  assert.equal(allowed(answered, "start"), true);
});

test("progress of an older run is ignored", () => {
  const state = after(ready(), go("recording"), go("processing"), progress("ready", 4), progress("failed", 3));
  assert.equal(state.progress?.stage, "ready");
});

test("idle does not stop what is being played", () => {
  const state = after(
    ready(),
    go("recording"),
    go("processing"),
    go("delivering"),
    { type: "evaluation_ready", evaluation: EVALUATION, script: "" },
    { type: "playback_started" },
    go("idle"),
  );
  assert.equal(state.playing, true);
  assert.equal(allowed(state, "save"), true);
  assert.match(startBlockedBecause(state), /played/);
  assert.equal(startBlockedBecause(after(state, { type: "playback_ended" })), null);
});

test("a loss while recording is said of the connection and keeps the recording", () => {
  const state = after(ready(), go("recording"), { type: "connection_lost" });
  assert.equal(state.phase, "recording");
  assert.match(headline(state).detail, /connection/);
  assert.doesNotMatch(headline(state).detail, /audio/i);
});

const recording = () => after(ready(), go("recording"));
const processing = () => after(recording(), go("processing"));
const evaluated = () => after(processing(), progress("ready", 1));
const delivering = () =>
  after(evaluated(), go("delivering"), { type: "evaluation_ready", evaluation: EVALUATION, script: "s" });
const playing = () => after(delivering(), { type: "playback_started" });
const sent = (state, action) => after(state, { type: "command_sent", action });
const WHEN = {
  "before the first word": () => initialState(SETUP),
  idle: ready,
  starting: () => sent(ready(), "start"),
  recording,
  stopping: () => sent(recording(), "stop"),
  "recording into silence": () => after(recording(), { type: "vad_speech_end", silenceDurationSeconds: 5 }),
  processing,
  "processing that failed": () => after(processing(), progress("failed", 1)),
  evaluated,
  "waiting for the delivery": () => sent(evaluated(), "deliver"),
  delivering,
  playing,
  "playing on after idle": () => after(playing(), go("idle")),
  delivered: () => after(playing(), go("idle"), { type: "playback_ended" }),
  saving: () => sent(after(playing(), go("idle"), { type: "playback_ended" }), "save"),
  saved: () => after(delivering(), go("idle"), { type: "outputs_saved", paths: ["/f"] }),
  replaying: () => sent(after(delivering(), go("idle")), "replay"),
  withdrawing: () => sent(recording(), "withdraw"),
  panicking: () => after(recording(), { type: "panicked" }),
  muted: () => after(recording(), { type: "panicked" }, go("idle")),
};
const LATER = {
  "at once": [],
  "when the sound ends": [{ type: "playback_ended" }],
  "while trying again": [{ type: "connecting" }],
  "lost again": [{ type: "connecting" }, { type: "connection_lost" }],
};
for (const [when, begun] of Object.entries(WHEN)) {
  for (const [later, events] of Object.entries(LATER)) {
    test(`a loss ${when}, ${later}, is said of the connection and of nothing else`, () => {
      const before = begun();
      const state = after(before, { type: "connection_lost" }, ...events);
      const { label, badge, detail } = headline(state);
      assert.match(label, /^Reconnecting/);
      assert.equal(badge, "warn");
      assert.match(detail, /connection/i);
      assert.doesNotMatch(`${label} ${detail}`, /audio|sound|play|fail/i);
      assert.deepEqual(state.notices, before.notices, "no banner of its own");
      assert.equal(state.fatal, null);
      assert.equal(state.phase, before.phase, "what the server last said still stands");
      assert.equal(state.evaluation, before.evaluation);
      for (const action of ["start", "deliver", "save", "replay", "process", "withdraw"]) {
        assert.equal(allowed(state, action), false, action);
      }
    });
  }
}

test("after a loss while delivering, the evaluation is still there and can be saved", () => {
  const back = after(
    playing(),
    { type: "connection_lost" },
    { type: "playback_ended" },
    go("delivering"),
    { type: "session_resumed", sessionId: "one", receivedSamples: 0 },
    go("delivering"),
    INFO,
    { type: "evaluation_ready", evaluation: EVALUATION, script: "s" },
    go("idle"),
  );
  assert.equal(headline(back).label, "Delivered");
  assert.equal(allowed(back, "save"), true);
  assert.deepEqual(back.notices.map(({ title }) => title), ["Connected again."]);
});

test("a resumed session goes on, a fresh one is said plainly", () => {
  const lost = after(
    ready(),
    go("recording"),
    { type: "transcript_update", segments: [segment("a")], replaceFromIndex: 0 },
    { type: "connection_lost" },
  );
  const resumed = after(
    lost,
    { type: "session_resumed", sessionId: "one", receivedSamples: 0 },
    go("recording"),
  );
  assert.equal(resumed.segments.length, 1);
  assert.equal(resumed.phase, "recording");
  const fresh = after(lost, go("idle"), INFO);
  assert.equal(fresh.phase, "idle");
  assert.match(fresh.notices.at(-1).title, /new session/);
});

test("a purge clears form, silence settings, transcript and evaluation", () => {
  const state = after(
    ready(),
    go("recording"),
    { type: "transcript_update", segments: [segment("a")], replaceFromIndex: 0 },
    go("processing"),
    go("delivering"),
    { type: "evaluation_ready", evaluation: EVALUATION, script: "s" },
    go("idle"),
    { type: "data_purged", reason: "auto_purge" },
  );
  assert.deepEqual(state.setup, initialState().setup);
  assert.deepEqual([state.segments.length, state.evaluation, state.script], [0, null, ""]);
  assert.equal(allowed(state, "save"), false);
});

test("a late answer about consent does not overwrite the next speaker's name", () => {
  const consent = { speakerName: "Ana", consentConfirmed: true, consentTimestamp: "2026-01-01T00:00:00Z" };
  const typed = initialState({ speakerName: "Bob" });
  assert.equal(reduce(typed, { type: "consent_status", consent }).setup.speakerName, "Bob");
  assert.equal(reduce(initialState(), { type: "consent_status", consent }).setup.consentConfirmed, true);
});

test("silence is a suggestion while recording, and a microphone that fails does not stop it silently", () => {
  const silent = after(ready(), go("recording"), { type: "vad_speech_end", silenceDurationSeconds: 5 });
  assert.equal(silent.silence, 5);
  assert.equal(after(silent, { type: "silence_dismissed" }).silence, null);
  assert.equal(after(silent, go("processing")).silence, null);
  const problem = { tone: "error", title: "Gone.", text: "" };
  const lost = after(silent, { type: "microphone_lost", problem, panicked: false });
  assert.match(lost.microphoneProblem.text, /stopped/);
});

test("an error that cannot be recovered from ends the session", () => {
  const state = after(ready(), { type: "error", message: "gone", recoverable: false });
  assert.equal(state.fatal, "gone");
  assert.match(startBlockedBecause(state), /new session/);
});

test("what the server holds from before is offered, until it is used", () => {
  const state = after(initialState(SETUP), go("idle"), { ...INFO, capturedSamples: 16000 });
  assert.equal(allowed(state, "process"), true);
  assert.equal(allowed(after(state, go("processing")), "process"), false);
  assert.equal(after(state, { type: "data_purged", reason: "auto_purge" }).captured, false);
});

test("a failed evaluation can be asked for again, one that was too short can be saved", () => {
  const failed = after(ready(), go("recording"), go("processing"), progress("failed", 1));
  assert.equal(allowed(failed, "deliver"), true);
  const short = after(failed, go("idle"));
  assert.equal(allowed(short, "save"), true);
  assert.equal(allowed(short, "replay"), false);
});

test("the microphone's health is a banner that clears when it is well again", () => {
  const health = (kind) => ({ type: "audio_health", kind, message: "It clips." });
  const ill = after(ready(), go("recording"), health("clipping"), health("noisy"));
  assert.deepEqual(ill.notices.map(({ key }) => key), ["health"]);
  assert.equal(after(ill, health("ok")).notices.length, 0);
  assert.equal(after(ill, go("processing")).notices.length, 0);
});

test("consent can be withdrawn where it is on record", () => {
  const consent = { ...SETUP, consentTimestamp: "2026-01-01T00:00:00Z" };
  const state = after(ready(), { type: "consent_status", consent }, go("recording"));
  assert.equal(allowed(ready(), "withdraw"), false);
  assert.equal(allowed(state, "withdraw"), true);
  const gone = after(state, { type: "data_purged", reason: "opt_out" }, { type: "consent_status", consent: null });
  assert.equal(allowed(after(gone, go("idle")), "withdraw"), false);
});

test("a purge leaves how to evaluate as it was", () => {
  const setup = { ...SETUP, style: "sbi", timeLimitSeconds: 90, roleIds: ["timer"], notes: "n" };
  const state = after(initialState(setup), { type: "data_purged", reason: "opt_out" });
  assert.equal(state.setup.style, "sbi");
  assert.deepEqual(state.setup.roleIds, ["timer"]);
  assert.equal(state.setup.notes, "");
});

test("the operator is told when another engine gives the captions, and until when", () => {
  const status = (status, engine = null) => ({ type: "transcription_status", status, engine });
  const captions = (state) => state.notices.filter(({ key }) => key === "captions");
  const away = after(ready(), go("recording"), status("reconnecting"));
  assert.equal(captions(away)[0].tone, "warning");
  assert.deepEqual(captions(after(away, status("reconnected"))), []);
  const [told, ...more] = captions(after(away, status("reconnected", "builtin")));
  assert.match(told.title, /builtin/);
  assert.deepEqual(more, []);
});

const refused = (why) => ({ type: "connection_refused", why });

test("signed out while recording, the recording goes on and can be stopped", () => {
  const state = after(recording(), refused("signed_out"));
  assert.equal(state.phase, "recording");
  assert.equal(headline(state).label, "Signed out, still recording");
  assert.ok(allowed(state, "stop"));
  const asking = after(state, { type: "connecting" });
  assert.equal(headline(asking).label, "Signed out, still recording", "asking again shows nothing");
  assert.ok(allowed(asking, "stop"));
  const stopped = after(state, { type: "stop_wanted" });
  assert.ok(!allowed(stopped, "stop"));
  assert.match(headline(stopped).detail, /signed in again/);
  assert.ok(!allowed(after(ready(), refused("signed_out")), "start"));
});

test("signed in again too late, the page says that a new session has begun", () => {
  const state = after(recording(), refused("signed_out"), go("idle"), { ...INFO, sessionId: "two" });
  assert.equal(state.refusal, null);
  assert.match(state.notices.at(-1).title, /new session/);
});

for (const why of ["forbidden", "not_found", "replaced"]) {
  test(`${why} while recording, this page does not listen any more`, () => {
    const state = after(recording(), refused(why));
    assert.equal(state.phase, "idle");
    assert.ok(!allowed(state, "stop"));
  });
}
