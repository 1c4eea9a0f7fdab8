import assert from "node:assert/strict";
import { describe, test } from "node:test";

import { Floor } from "../../static/js/coach/floor.js";
import { wordsHeard } from "../../static/js/coach/heard.js";
import { Latencies } from "../../static/js/coach/latencies.js";
import { Playout } from "../../static/js/coach/playout.js";
import { encodePcm } from "../../static/js/lib/base64.js";

const RATE = 24_000;

/** A floor, its loudspeaker, and a server that refuses what the real one would refuse. */
class Room {
  floor = new Floor();
  playout = new Playout(RATE);
  sent = [];
  refused = [];
  frame = 0;
  /** Samples the server has made of each item. */
  made = new Map();
  loudest = 0;

  get now() {
    return this.frame / RATE;
  }

  server(type, fields = {}) {
    this.#apply(this.floor.server({ type, ...fields }, this.now));
  }

  /** An item is announced, as before its first sound. */
  announce(item, response = "r1") {
    this.server("response.created", { response: { id: response } });
    this.server("response.output_item.added", { response_id: response, item: { id: item } });
    this.made.set(item, 0);
  }

  delta(item, seconds, response = "r1") {
    const pcm = Int16Array.from({ length: seconds * RATE }, (_, at) => 12_000 * Math.sin(at / 10));
    this.made.set(item, (this.made.get(item) ?? 0) + pcm.length);
    this.server("response.output_audio.delta", { response_id: response, item_id: item, delta: encodePcm(pcm) });
  }

  done(item, response = "r1", status = "completed") {
    if (status === "completed") this.server("response.output_audio.done", { response_id: response, item_id: item });
    this.server("response.done", { response: { id: response, status } });
  }

  reply(item, seconds, response = "r1") {
    this.announce(item, response);
    this.delta(item, seconds, response);
    this.done(item, response);
  }

  voice(...types) {
    for (const type of types) this.#apply(this.floor.voice({ type, at: this.frame }, this.now));
  }

  run(seconds) {
    this.loudest = 0;
    for (let left = (seconds * RATE) / 128; left > 0; left -= 1) {
      const block = new Float32Array(128);
      for (const event of this.playout.process(block, this.frame)) this.#apply(this.floor.player(event));
      const { item, heard } = this.playout.current ?? {};
      if (item) this.#apply(this.floor.player({ type: "heard", item, heard }));
      this.loudest = block.reduce((most, sample) => Math.max(most, Math.abs(sample)), this.loudest);
      this.frame += 128;
    }
    return this.loudest;
  }

  #apply(effects) {
    for (const effect of effects) {
      if (effect.type === "play") this.playout.enqueue(effect.item, Float32Array.from(effect.pcm, (s) => s / 32_768));
      else if (effect.type === "end") this.playout.end(effect.item);
      else if (effect.type === "duck") this.playout.duck(effect.on);
      else if (effect.type === "hold") this.playout.hold(effect.on);
      else if (effect.type === "cut") this.playout.cut();
      else this.#send(effect.event);
    }
  }

  #send(event) {
    this.sent.push(event);
    const made = this.made.get(event.item_id);
    if (event.type === "conversation.item.truncate") {
      if (event.audio_end_ms <= 0 || event.audio_end_ms * 24 > made) this.refused.push(event);
    }
  }
}

describe("an interruption", () => {
  test("is quieter at the first sound, silent when the server hears it, cut when it goes on", () => {
    const room = new Room();
    room.reply("a", 10);
    room.run(1);
    room.voice("onset");
    room.run(0.03);
    assert.ok(room.run(0.03) < 0.06);
    room.server("input_audio_buffer.speech_started", { item_id: "u", audio_start_ms: 0 });
    assert.deepEqual(room.sent, []);
    room.run(0.02);
    assert.equal(room.run(0.05), 0);
    const heard = room.playout.current.heard;
    room.voice("insists", "confirmed");
    room.run(0.05);
    assert.deepEqual(room.sent, [
      { type: "conversation.item.truncate", item_id: "a", content_index: 0, audio_end_ms: Math.floor(heard / 24) },
    ]);
    assert.deepEqual(room.refused, []);
    room.voice("released");
    assert.equal(room.run(1), 0);
  });

  test("is silent by itself where the network is slow", () => {
    const room = new Room();
    room.reply("a", 10);
    room.run(1);
    room.voice("onset", "insists");
    room.run(0.02);
    assert.equal(room.run(0.05), 0);
  });

  test("is cut at once where only the server hears the voice", () => {
    const room = new Room();
    room.reply("a", 30);
    room.run(1);
    room.server("input_audio_buffer.speech_started", { item_id: "u", audio_start_ms: 0 });
    room.run(0.05);
    assert.equal(room.sent[0].type, "conversation.item.truncate");
    assert.ok(Math.abs(room.sent[0].audio_end_ms - 1006) <= 12, String(room.sent[0].audio_end_ms));
  });

  test("before the first sound deletes the item, which cannot be truncated", () => {
    const room = new Room();
    room.announce("a");
    room.voice("onset", "insists", "confirmed");
    room.done("a", "r1", "cancelled");
    room.run(0.05);
    assert.deepEqual(room.sent, [{ type: "conversation.item.delete", item_id: "a" }]);
    room.delta("a", 1);
    assert.equal(room.run(1), 0);
  });

  test("after the last sound sends nothing", () => {
    const room = new Room();
    room.reply("a", 0.5);
    room.run(1);
    room.voice("onset", "insists", "confirmed", "released");
    room.server("input_audio_buffer.speech_started", { item_id: "u", audio_start_ms: 0 });
    room.run(0.1);
    assert.deepEqual(room.sent, []);
  });

  test("drops what still comes of the reply, and hears the next one", () => {
    const room = new Room();
    room.announce("a");
    room.delta("a", 2);
    room.run(0.5);
    room.voice("onset", "insists", "confirmed");
    for (let times = 0; times < 10; times += 1) room.delta("a", 0.2);
    room.done("a", "r1", "cancelled");
    room.voice("released");
    room.run(0.1);
    assert.equal(room.run(0.5), 0);
    assert.equal(room.sent.length, 1);
    room.reply("b", 1, "r2");
    assert.ok(room.run(0.5) > 0.3);
    assert.deepEqual(room.refused, []);
  });

  test("by a server that has cancelled the reply is cut, whoever heard it", () => {
    const room = new Room();
    room.announce("a");
    room.delta("a", 2);
    room.run(0.5);
    room.voice("onset");
    room.done("a", "r1", "cancelled");
    room.run(0.1);
    assert.equal(room.sent[0].type, "conversation.item.truncate");
  });
});

describe("no interruption", () => {
  test("a cough: louder again within 500 ms, and nothing is sent", () => {
    const room = new Room();
    room.reply("a", 10);
    room.run(1);
    room.voice("onset", "insists");
    room.run(0.3);
    room.voice("released");
    room.server("input_audio_buffer.speech_started", { item_id: "u", audio_start_ms: 0 });
    assert.ok(room.run(0.2) > 0.3);
    assert.deepEqual(room.sent, []);
    room.run(9);
    assert.equal(room.playout.current, null);
    assert.equal(room.floor.isSpeaking, false);
  });

  test("an mhm that the server hears too: silent, then on where it stopped, and the item is kept", () => {
    const room = new Room();
    room.reply("a", 10);
    room.run(2);
    room.voice("onset");
    room.server("input_audio_buffer.speech_started", { item_id: "u", audio_start_ms: 0 });
    room.run(0.25);
    assert.equal(room.floor.isHeld, true);
    room.voice("released");
    assert.ok(room.run(0.3) > 0.3);
    assert.equal(room.floor.isHeld, false);
    assert.deepEqual(room.sent, []);
  });

  test("a cough before the reply does not take it away", () => {
    const room = new Room();
    room.announce("a");
    room.voice("onset", "insists", "released");
    room.delta("a", 1);
    room.done("a");
    assert.ok(room.run(0.5) > 0.3);
    assert.deepEqual(room.sent, []);
  });

  test("a second reply waits for the first, unless somebody spoke between", () => {
    const room = new Room();
    room.reply("a", 2);
    room.reply("b", 2, "r2");
    room.run(4.2);
    assert.deepEqual(room.sent, []);
    room.reply("c", 2, "r3");
    room.run(1);
    room.server("input_audio_buffer.committed", { item_id: "u" });
    room.reply("d", 1, "r4");
    room.run(1.2);
    assert.deepEqual(room.sent.map(({ type, item_id: item }) => [type, item]), [["conversation.item.truncate", "c"]]);
  });
});

test("whatever stalls and whenever somebody speaks, no truncation is refused", () => {
  for (let seed = 1; seed <= 40; seed += 1) {
    let state = seed;
    const random = () => (state = (state * 16_807) % 2_147_483_647) / 2_147_483_647;
    const room = new Room();
    for (let turn = 0; turn < 12; turn += 1) {
      const response = `r${turn}`;
      const items = [`a${turn}`, `b${turn}`].slice(0, 1 + Math.round(random()));
      for (const item of items) {
        room.announce(item, response);
        for (let piece = 0; piece < 5; piece += 1) {
          room.delta(item, 0.1 + random(), response);
          room.run(random() * 0.6);
        }
        room.server("response.output_audio.done", { response_id: response, item_id: item });
      }
      room.run(random() * 3);
      if (random() < 0.3) room.server("input_audio_buffer.speech_started", { item_id: "u", audio_start_ms: 0 });
      else room.voice("onset", "insists", ...(random() < 0.7 ? ["confirmed"] : []));
      room.run(random() * 0.4);
      room.server("response.done", { response: { id: response, status: random() < 0.5 ? "cancelled" : "completed" } });
      room.voice("released");
      room.run(0.2);
    }
    assert.deepEqual(room.refused, [], `seed ${seed}`);
    const once = room.sent.map(({ item_id: item }) => item);
    assert.equal(new Set(once).size, once.length, `seed ${seed}: an item is told of once`);
  }
});

test("a connection that is lost lets what has come be heard to its end", () => {
  const floor = new Floor();
  const delta = encodePcm(new Int16Array(100));
  floor.server({ type: "response.output_item.added", response_id: "r", item: { id: "a" } }, 0);
  floor.server({ type: "response.output_audio.delta", response_id: "r", item_id: "a", delta }, 0);
  floor.server({ type: "response.output_item.added", response_id: "r", item: { id: "b" } }, 0);
  assert.deepEqual(floor.connectionLost(), [{ type: "end", item: "a" }]);
});

describe("the words that were heard", () => {
  const TEXT = "That was clear. Now say the last line more slowly.";

  test("are those whose sound had come by, give or take one", () => {
    // Two sentences of one and two seconds, each with its text first.
    const marks = [{ characters: 15, samples: RATE }];
    assert.equal(wordsHeard(TEXT, marks, 3 * RATE, 0), "");
    assert.equal(wordsHeard(TEXT, marks, 3 * RATE, RATE), "That was clear.");
    assert.equal(wordsHeard(TEXT, marks, 3 * RATE, 2 * RATE), "That was clear. Now say the last");
    assert.equal(wordsHeard(TEXT, marks, 3 * RATE, 3 * RATE), TEXT);
  });

  test("only ever grow", () => {
    let before = "";
    for (let heard = 0; heard <= 3 * RATE; heard += 500) {
      const now = wordsHeard(TEXT, [], 3 * RATE, heard);
      assert.ok(now.startsWith(before));
      before = now;
    }
  });
});

describe("latencies", () => {
  test("are those of the audio clock, each told once", () => {
    const latencies = new Latencies();
    latencies.voiceBegan(1);
    latencies.voiceEnded(3);
    latencies.turnEnded(3.5);
    latencies.captioned(3.6);
    latencies.replied(3.8);
    latencies.replied(5);
    assert.deepEqual(latencies.take(), { captionMs: 600, replyMs: 800, thinkingMs: 300 });
    assert.equal(latencies.take(), null);
    latencies.voiceBegan(6);
    latencies.silenced(6.07);
    latencies.cut(6.32);
    assert.deepEqual(latencies.take(), { bargeInMs: 70 });
    assert.equal(latencies.latest.replyMs, 800);
  });

  test("say nothing of a cough, or of a reply that answers nobody", () => {
    const latencies = new Latencies();
    latencies.voiceBegan(1);
    latencies.silenced(1.1);
    latencies.voiceEnded(1.15);
    latencies.cut(2);
    latencies.replied(3);
    assert.equal(latencies.take(), null);
  });
});
