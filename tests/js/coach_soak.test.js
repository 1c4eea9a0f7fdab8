import assert from "node:assert/strict";
import { test } from "node:test";
import { setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";

import { Playout } from "../../static/js/coach/playout.js";
import { decodePcm } from "../../static/js/lib/base64.js";
import { FRAMES, RATE, Rig } from "./coach_rig.js";

setFlagsFromString("--expose-gc");
const gc = runInNewContext("gc");

const TURN_SECONDS = 10;
const REPLY_SECONDS = 2;
const MINUTES = 30;
const MOST_GROWTH_BYTES = 1_000_000;

/** A turn of ten seconds: sound goes up all the time, somebody speaks, and is answered. */
function turn(rig, playout, number) {
  rig.speak((TURN_SECONDS * RATE) / FRAMES);
  const item = `u${number}`;
  rig.says("input_audio_buffer.speech_started", { item_id: item, audio_start_ms: 0 });
  rig.says("input_audio_buffer.speech_stopped", { item_id: item, audio_end_ms: 900 });
  rig.says("input_audio_buffer.committed", { item_id: item });
  rig.says("conversation.item.input_audio_transcription.completed", { item_id: item, transcript: "Go on, please." });
  const answer = `a${number}`;
  rig.reply(answer, "One thing to try: a breath before each new thought.", REPLY_SECONDS);
  // What the page handed over goes through the player itself.
  for (const { delta } of rig.received) playout.enqueue(answer, Float32Array.from(decodePcm(delta), (one) => one / 32768));
  playout.end(answer);
  const block = new Float32Array(128);
  let finished = false;
  for (let frame = 0; !finished; frame += block.length) {
    for (const event of playout.process(block, frame)) {
      rig.audio.player(event);
      finished ||= event.type === "finished";
    }
  }
}

test("half an hour of conversation leaves nothing behind but its words", async () => {
  const rig = await new Rig().on();
  const playout = new Playout(RATE);
  const heaps = [];
  let sent = 0;
  for (let number = 0; number < (MINUTES * 60) / TURN_SECONDS; number += 1) {
    rig.log.length = rig.received.length = 0;
    turn(rig, playout, number);
    sent += rig.sentOf("input_audio_buffer.append").length;
    rig.sent.length = 0;
    if (number % 60 === 59) {
      gc();
      heaps.push(process.memoryUsage().heapUsed + process.memoryUsage().arrayBuffers);
    }
  }
  assert.equal(sent, (MINUTES * 60 * RATE) / FRAMES);
  assert.ok(rig.state.turns.length <= 200);
  assert.equal(playout.queuedSeconds, 0);
  const [first, , last] = heaps;
  assert.ok(last - first < 2 * MOST_GROWTH_BYTES, `grew by ${last - first} bytes in twenty minutes`);
});
