import assert from "node:assert/strict";
import { describe, test } from "node:test";

import { parse, ProtocolError } from "../../static/js/coach/protocol.js";
import { shownText } from "../../static/js/coach/turns.js";
import { countdown, headline, takeAllows, takeSeconds } from "../../static/js/coach/words.js";
import { FRAMES, RATE, Rig, TAKE } from "./coach_rig.js";

const PROBLEM = { tone: "error", title: "No microphone was found.", text: "Plug one in." };
const settled = () => new Promise((resolve) => setImmediate(resolve));

describe("switching on", () => {
  test("asks for the microphone first, and connects only with one", async () => {
    const rig = new Rig();
    await rig.conversation.switchOn();
    assert.deepEqual(rig.log, ["open", "capture true", "connect"]);
  });

  test("without a microphone opens no connection, says why, and can be tried again", async () => {
    const rig = new Rig();
    rig.failure = PROBLEM;
    await rig.conversation.switchOn();
    assert.equal(rig.phase, "no_microphone");
    assert.equal(rig.state.microphoneProblem.title, PROBLEM.title);
    assert.deepEqual(rig.log, []);
    rig.failure = null;
    await rig.on();
    assert.equal(rig.phase, "listening");
  });

  test("and off while the browser asks leaves nothing open", async () => {
    const rig = new Rig();
    const opening = rig.conversation.switchOn();
    rig.conversation.switchOff();
    await opening;
    assert.equal(rig.log.at(-1), "shut");
    assert.ok(!rig.log.includes("connect"));
    assert.equal(rig.phase, "off");
  });
});

test("a turn, as one sees it", async () => {
  const rig = await new Rig().on();
  const seen = [rig.phase];
  const note = () => seen.push(rig.phase);
  rig.says("input_audio_buffer.speech_started", { item_id: "u", audio_start_ms: 0 });
  note();
  rig.says("input_audio_buffer.speech_stopped", { item_id: "u", audio_end_ms: 900 });
  note();
  rig.is("thinking");
  rig.reply("a", "Well done.", 2);
  note();
  rig.plays("a");
  note();
  // It came long before it is heard: that it is done is for the loudspeaker to say.
  rig.is("listening");
  note();
  rig.audio.player({ type: "finished", item: "a", heard: 2 * RATE, frame: 3 * RATE });
  note();
  assert.deepEqual(seen, ["listening", "hearing", "thinking", "listening", "speaking", "speaking", "listening"]);
});

describe("captions", () => {
  test("of both, and of the coach the words that were heard", async () => {
    const rig = await new Rig().on();
    rig.says("input_audio_buffer.committed", { item_id: "u" });
    rig.says("conversation.item.input_audio_transcription.delta", { item_id: "u", delta: "I want" });
    rig.says("conversation.item.input_audio_transcription.completed", { item_id: "u", transcript: "I want to pause." });
    rig.reply("a", "One two three four.", 4);
    rig.plays("a");
    rig.audio.player({ type: "heard", item: "a", heard: 2 * RATE, frame: 0 });
    assert.deepEqual(rig.state.turns.map(shownText), ["I want to pause.", "One two"]);
    rig.audio.player({ type: "cut", counts: [{ item: "a", heard: 2.2 * RATE, received: 4 * RATE }], frame: 0 });
    rig.says("response.output_audio_transcript.done", { item_id: "a", transcript: "One two three four." });
    assert.deepEqual(rig.state.turns.map(shownText), ["I want to pause.", "One two"]);
    assert.equal(rig.state.turns[1].isCut, true);
    assert.equal(rig.state.turns[1].text, "One two three four.");
  });

  test("of a conversation that goes on are those of before, once", async () => {
    const rig = await new Rig().on();
    const item = (id, role, transcript) => ({ id, role, type: "message", content: [{ type: "x", transcript }] });
    for (let times = 0; times < 2; times += 1) {
      rig.says("conversation.item.added", { item: item("u", "user", "Hello.") });
      rig.says("conversation.item.done", { item: item("u", "user", "Hello.") });
      rig.says("conversation.item.added", { item: item("a", "assistant", "Good evening.") });
    }
    assert.deepEqual(rig.state.turns.map((turn) => [turn.by, shownText(turn)]), [
      ["you", "Hello."],
      ["coach", "Good evening."],
    ]);
  });

  test("show nothing of a sound without words, or of what was deleted", async () => {
    const rig = await new Rig().on();
    rig.says("input_audio_buffer.committed", { item_id: "u" });
    rig.says("conversation.item.input_audio_transcription.completed", { item_id: "u", transcript: " " });
    rig.reply("a", "Yes?", 1);
    rig.says("conversation.item.deleted", { item_id: "a" });
    assert.deepEqual(rig.state.turns, []);
  });
});

describe("the line", () => {
  test("carries frames of 960 bytes, two to a message", async () => {
    const rig = await new Rig().on();
    rig.speak(10);
    const sizes = rig.sentOf("input_audio_buffer.append").map(({ audio }) => atob(audio).length);
    assert.deepEqual(sizes, Array(10).fill(1920));
  });

  test("is told of a gap before what follows it, and that the page keeps up", async () => {
    const rig = await new Rig().on();
    rig.bufferedBytes = 1_000_000;
    rig.speak(100);
    assert.deepEqual(rig.sentOf("input_audio_buffer.append"), []);
    rig.bufferedBytes = 0;
    rig.speak(1);
    const types = rig.sent.filter(({ type }) => type !== "coach.ack" && type !== "coach.metrics").map(({ type }) => type);
    assert.deepEqual(types.slice(0, 2), ["coach.gap", "input_audio_buffer.append"]);
    assert.equal(rig.sentOf("coach.ack").length, 2);
    assert.ok(rig.sentOf("coach.metrics")[0].droppedSamples > 0);
  });

  test("that is lost lets the coach finish, and is told of in words", async () => {
    const rig = await new Rig().on();
    rig.reply("a", "Well.", 1);
    rig.isOpen = false;
    rig.isOnline = false;
    rig.socket.lost();
    assert.equal(rig.phase, "reconnecting");
    assert.match(headline(rig.state).detail, /offline/);
    rig.isOpen = true;
    rig.is("listening", { resumed: true });
    assert.equal(rig.phase, "listening");
    assert.match(rig.state.notices[0].title, /Connected again/);
  });

  test("that was gone for too long begins a new conversation, and says so", async () => {
    const rig = await new Rig().on();
    rig.socket.lost();
    rig.is("listening", { sessionId: "two" });
    assert.match(rig.state.notices[0].title, /new conversation/);
  });

  test("goes back by itself only where that was missing", async () => {
    const rig = await new Rig().on();
    rig.log.length = 0;
    rig.conversation.reconnect();
    rig.socket.refused("replaced");
    rig.conversation.reconnect();
    assert.ok(!rig.log.includes("connect"));
    assert.ok(rig.log.includes("shut"), "a tab that was replaced does not listen");
    rig.socket.refused("signed_out");
    rig.conversation.reconnect();
    assert.ok(rig.log.includes("connect"));
  });
});

describe("a pause", () => {
  test("of the server counts down, and Retry asks it", async () => {
    const rig = await new Rig().on();
    rig.is("paused", { retryAt: 120 });
    assert.equal(rig.phase, "paused");
    rig.clock += 50_000;
    rig.conversation.tick();
    assert.match(countdown(rig.state), /1:10/);
    rig.conversation.retry();
    assert.deepEqual(rig.sent.at(-1), { type: "coach.retry" });
    rig.is("listening");
    assert.equal(rig.phase, "listening");
  });

  test("of the page counts down too, and Retry connects", async () => {
    const rig = await new Rig().on();
    rig.socket.paused(120_000);
    assert.equal(rig.phase, "paused");
    rig.conversation.reconnect();
    rig.log.length = 0;
    rig.conversation.reconnect();
    assert.deepEqual(rig.log, []);
    rig.conversation.retry();
    assert.deepEqual(rig.log, ["connect"]);
  });

  test("does not come of three interruptions", async () => {
    const rig = await new Rig().on();
    for (let times = 0; times < 3; times += 1) {
      rig.reply(`a${times}`, "Well.", 5);
      rig.plays(`a${times}`);
      for (const type of ["onset", "insists", "confirmed", "released"]) rig.audio.voice({ type, at: 0 });
      rig.audio.player({ type: "cut", counts: [{ item: `a${times}`, heard: RATE, received: 5 * RATE }], frame: 0 });
      rig.says("error", { error: { type: "invalid_request_error", code: "response_cancel_not_active", message: "" } });
    }
    assert.equal(rig.phase, "listening");
    assert.deepEqual(rig.sentOf("conversation.item.truncate").map(({ audio_end_ms: ms }) => ms), [1000, 1000, 1000]);
    assert.deepEqual(rig.state.notices, []);
  });
});

describe("a take", () => {
  async function taking() {
    const rig = await new Rig().on();
    rig.conversation.startTake();
    assert.equal(takeAllows(rig.state, "start"), false);
    rig.take({});
    assert.equal(rig.phase, "take");
    return rig;
  }

  test("is counted, stopped, told of, and kept with consent", async () => {
    const rig = await taking();
    rig.clock += 42_000;
    rig.conversation.tick();
    assert.equal(takeSeconds(rig.state), 42);
    rig.conversation.stopTake();
    rig.conversation.stopTake();
    assert.equal(rig.sentOf("coach.take").length, 2);
    rig.take({ state: "measuring", seconds: 42 });
    rig.take({ state: "ready", seconds: 42 });
    rig.conversation.keepTake("Boats", "Ana");
    assert.deepEqual(rig.sent.at(-1), {
      type: "coach.take",
      action: "keep",
      title: "Boats",
      consent: { speakerName: "Ana", consentConfirmed: true },
    });
    assert.equal(takeAllows(rig.state, "discard"), false);
    rig.take({ state: "kept", speechUrl: "/clubs/harbour/sessions/1/" });
    assert.equal(takeAllows(rig.state, "start"), true);
  });

  test("ends after its last sample, however slow the line", async () => {
    const rig = await taking();
    rig.bufferedBytes = 1_000_000;
    rig.speak(100);
    rig.conversation.stopTake();
    assert.equal(rig.sentOf("coach.take").length, 1);
    rig.bufferedBytes = 0;
    rig.speak(400);
    const stop = rig.sent.findIndex(({ type, action }) => type === "coach.take" && action === "stop");
    const before = rig.sent.slice(0, stop).filter(({ type }) => type === "input_audio_buffer.append");
    assert.ok(before.length >= 100);
    assert.deepEqual(rig.sentOf("coach.gap"), []);
  });

  test("ends when the microphone is unplugged, and what was said is measured", async () => {
    const rig = await taking();
    rig.speak(20);
    rig.audio.lost({ title: "The microphone was disconnected.", text: "" });
    assert.equal(rig.phase, "no_microphone");
    assert.deepEqual(rig.sent.at(-1), { type: "coach.take", action: "stop" });
  });

  test("is not lost with the sign-in: the page has it, and goes on when one is back", async () => {
    const rig = await taking();
    rig.speak(100);
    rig.isOpen = false;
    rig.socket.refused("signed_out");
    assert.equal(rig.state.takeKeptHere, 4);
    assert.ok(!rig.log.includes("shut"), "the microphone goes on");
    rig.speak(25);
    rig.isOpen = true;
    rig.is("take", { resumed: true });
    rig.take({ seconds: 4 });
    rig.speak(100);
    assert.equal(rig.state.takeKeptHere, 0);
    assert.deepEqual(rig.sentOf("coach.gap"), []);
    assert.equal(rig.sentOf("input_audio_buffer.append").length, 225);
  });

  test("that the server has let go of can be saved from the page", async () => {
    const rig = await taking();
    rig.speak(100);
    rig.isOpen = false;
    rig.socket.lost();
    rig.isOpen = true;
    rig.is("listening", { sessionId: "two" });
    assert.equal(rig.state.takeKeptHere, 4);
    assert.equal(rig.conversation.keptHere().byteLength, 44 + 2 * 4 * RATE);
    rig.speak(100);
    assert.equal(rig.conversation.keptHere().byteLength, 44 + 2 * 4 * RATE);
  });
});

describe("engines", () => {
  const provider = (fields) => ({ model: "m", voice: "v", reason: null, ...fields });

  test("are told of when they change, not at the start", async () => {
    const rig = await new Rig().on();
    rig.says("coach.provider", provider({ provider: "openai" }));
    assert.deepEqual(rig.state.notices, []);
    rig.says("coach.provider", provider({ provider: "builtin", reason: "The other did not answer." }));
    assert.equal(rig.state.notices[0].title, "The built-in coach has taken over.");
    assert.equal(rig.state.notices[0].text, "The other did not answer.");
    rig.conversation.dismissNotice("engine");
    assert.deepEqual(rig.state.notices, []);
  });
});

test("what was measured is sent", async () => {
  const rig = await new Rig().on();
  rig.audio.voice({ type: "onset", at: 0 });
  rig.audio.voice({ type: "released", at: RATE });
  rig.now = 1.5;
  rig.says("input_audio_buffer.speech_stopped", { item_id: "u", audio_end_ms: 1000 });
  rig.now = 1.8;
  rig.reply("a", "Well.", 1);
  rig.plays("a");
  rig.speak(50);
  const [metrics] = rig.sentOf("coach.metrics");
  assert.deepEqual(metrics, {
    type: "coach.metrics",
    replyMs: 800,
    thinkingMs: 300,
    outputLatencyMs: 30,
    droppedSamples: 0,
    gaps: 0,
    underruns: 0,
  });
  await settled();
});

describe("events", () => {
  test("of kinds nobody knows change nothing", () => {
    for (let kind = 0; kind < 50; kind += 1) {
      assert.equal(parse(JSON.stringify({ type: `mcp_call.kind_${kind}`, field: kind })), null);
    }
    assert.equal(parse('{"type": "toString"}'), null);
  });

  test("under their old names are read", () => {
    const event = parse('{"type": "response.audio.delta", "response_id": "r", "item_id": "a", "delta": ""}');
    assert.equal(event.type, "response.output_audio.delta");
  });

  test("that are not what they should be are refused", () => {
    assert.throws(() => parse("no"), ProtocolError);
    assert.throws(() => parse("[]"), ProtocolError);
    assert.throws(() => parse('{"type": "response.output_audio.delta", "item_id": 3}'), ProtocolError);
  });
});
