import assert from "node:assert/strict";
import { test } from "node:test";

import { PcmFramer } from "../../static/js/lib/framer.js";

test("frames are 800 samples, 1,600 bytes, each with its own buffer", () => {
  const framer = new PcmFramer(800);
  const frames = framer.push(new Float32Array(1700));
  assert.equal(frames.length, 2);
  for (const frame of frames) assert.equal(frame.buffer.byteLength, 1600);
  assert.notEqual(frames[0].buffer, frames[1].buffer);
});

test("any cutting gives the same frames", () => {
  const samples = Float32Array.from({ length: 4321 }, (_, n) => Math.sin(n / 9));
  const whole = new PcmFramer(800).push(samples);
  for (const size of [1, 43, 128, 799, 801]) {
    const framer = new PcmFramer(800);
    const frames = [];
    for (let at = 0; at < samples.length; at += size) {
      frames.push(...framer.push(samples.subarray(at, at + size)));
    }
    assert.deepEqual(frames, whole);
  }
});

test("a frame begun is filled with silence at the end", () => {
  const framer = new PcmFramer(4);
  framer.push(Float32Array.of(0.5, -0.5));
  assert.deepEqual(framer.flush(), Int16Array.of(16384, -16384, 0, 0));
  assert.equal(framer.flush(), null);
});

test("beyond full scale is clipped, never wrapped", () => {
  const [frame] = new PcmFramer(4).push(Float32Array.of(1, 2, -1, -2));
  assert.deepEqual(frame, Int16Array.of(32767, 32767, -32768, -32768));
});
