import assert from "node:assert/strict";
import { describe, test } from "node:test";

import { decodePcm, encodePcm } from "../../static/js/lib/base64.js";
import { TakeCopy } from "../../static/js/coach/take_copy.js";
import { SAMPLE_RATE, Uplink } from "../../static/js/coach/uplink.js";

const FRAMES = 960;
const SECOND = SAMPLE_RATE / FRAMES;
let counter = 0;

/** Two frames, each with a sample that tells it from the others. */
function frames() {
  const pcm = new Int16Array(FRAMES);
  pcm[0] = counter;
  counter += 1;
  return pcm;
}

const first = (packets) => packets.flatMap((packet) => (packet.type === "audio" ? [packet.pcm[0]] : []));
const gaps = (packets) => packets.flatMap((packet) => (packet.type === "gap" ? [packet.samples] : []));

describe("the queue", () => {
  test("sends what comes, in order, as it comes", () => {
    const uplink = new Uplink();
    counter = 0;
    const sent = [];
    for (let at = 0; at < 100; at += 1) {
      uplink.push(frames());
      sent.push(...first(uplink.take(0)));
    }
    assert.deepEqual(sent, Array.from({ length: 100 }, (_, at) => at));
  });

  test("holds a second while the line stands still, drops the oldest, and tells the gap first", () => {
    const uplink = new Uplink();
    counter = 0;
    for (let at = 0; at < 10 * SECOND; at += 1) {
      uplink.push(frames());
      assert.deepEqual(uplink.take(1_000_000), []);
      assert.ok(uplink.queued <= SAMPLE_RATE);
    }
    const packets = uplink.take(0);
    assert.deepEqual(gaps(packets), [9 * SAMPLE_RATE]);
    assert.equal(packets[0].type, "gap");
    assert.equal(packets[1].pcm[0], 9 * SECOND);
    assert.equal(uplink.dropped, 9 * SAMPLE_RATE);
    assert.equal(uplink.gaps, 1);
  });

  test("gaps and sound together are as long as what was captured", () => {
    let seed = 7;
    const random = () => (seed = (seed * 16_807) % 2_147_483_647) / 2_147_483_647;
    const uplink = new Uplink();
    let isStuck = false;
    let told = 0;
    const captured = 3000;
    for (let at = 0; at < captured; at += 1) {
      if (random() < 0.02) isStuck = !isStuck;
      uplink.push(frames());
      for (const packet of uplink.take(isStuck ? 1_000_000 : 0)) {
        told += packet.type === "gap" ? packet.samples : packet.pcm.length;
      }
    }
    for (const packet of uplink.flush()) told += packet.type === "gap" ? packet.samples : packet.pcm.length;
    assert.equal(told, captured * FRAMES);
  });

  test("keeps a whole minute of a take, and catches up below what the server takes", () => {
    const uplink = new Uplink();
    uplink.keepAll(true);
    for (let at = 0; at < 20 * SECOND; at += 1) uplink.push(frames());
    assert.equal(uplink.dropped, 0);
    const perSecond = [];
    for (let second = 0; second < 60 && uplink.queued > 0; second += 1) {
      let sent = 0;
      for (let at = 0; at < SECOND; at += 1) {
        uplink.push(frames());
        sent += first(uplink.take(0)).length * FRAMES;
      }
      perSecond.push(sent);
    }
    assert.equal(uplink.queued, 0);
    const pairs = perSecond.slice(1).map((sent, at) => sent + perSecond[at]);
    assert.ok(Math.max(...pairs) <= 3 * SAMPLE_RATE, String(Math.max(...pairs) / SAMPLE_RATE));
  });

  test("is a second again after the take", () => {
    const uplink = new Uplink();
    uplink.keepAll(true);
    for (let at = 0; at < 20 * SECOND; at += 1) uplink.push(frames());
    uplink.keepAll(false);
    assert.equal(uplink.queued, SAMPLE_RATE);
    assert.equal(uplink.dropped, 19 * SAMPLE_RATE);
  });
});

test("samples as text and back", () => {
  const pcm = Int16Array.from({ length: 20_000 }, (_, at) => (at * 7919) % 65_536 - 32_768);
  assert.deepEqual(decodePcm(encodePcm(pcm)), pcm);
  const part = pcm.subarray(10, 490);
  assert.deepEqual([...decodePcm(encodePcm(part))], [...part]);
  assert.equal(decodePcm("not base64!"), null);
  assert.equal(decodePcm(btoa("odd")), null);
});

test("a take kept in the page is a sound file of what was said, as it was then", () => {
  const copy = new TakeCopy();
  const pcm = new Int16Array(SAMPLE_RATE).fill(5);
  copy.push(pcm);
  pcm.fill(9);
  copy.push(pcm);
  assert.equal(copy.seconds, 2);
  const file = copy.wav();
  assert.equal(file.byteLength, 44 + 4 * SAMPLE_RATE);
  const view = new DataView(file);
  assert.equal(view.getUint32(24, true), SAMPLE_RATE);
  assert.equal(view.getInt16(44, true), 5);
  assert.equal(view.getInt16(44 + 2 * SAMPLE_RATE, true), 9);
  copy.clear();
  assert.equal(copy.seconds, 0);
});
