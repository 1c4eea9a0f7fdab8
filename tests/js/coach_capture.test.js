import assert from "node:assert/strict";
import { describe, test } from "node:test";

const BLOCK = 128;
let loaded = 0;

/** The worklet on an audio clock of `rate`, which the test moves block by block. */
async function capture(rate) {
  const told = [];
  let Processor;
  Object.assign(globalThis, {
    sampleRate: rate,
    currentFrame: 0,
    AudioWorkletProcessor: class {
      port = { postMessage: (message) => void told.push(message), onmessage: null };
    },
    registerProcessor: (_name, processor) => (Processor = processor),
  });
  // Anew for each: it registers itself when it is loaded.
  loaded += 1;
  await import(`../../static/js/worklets/coach_capture.worklet.js?${loaded}`);
  const processor = new Processor();
  const level = (seconds, amplitude) => {
    const end = globalThis.currentFrame + seconds * rate;
    for (; globalThis.currentFrame < end; globalThis.currentFrame += BLOCK) {
      const block = Float32Array.from({ length: BLOCK }, (_, at) =>
        amplitude * Math.sin((2 * Math.PI * 440 * (globalThis.currentFrame + at)) / rate),
      );
      processor.process(amplitude === null ? [[], []] : [[block], []]);
    }
    return globalThis.currentFrame;
  };
  return {
    told,
    level,
    open: (on) => processor.port.onmessage({ data: { type: "open", on } }),
    voices: () => told.filter(({ type }) => type === "voice").map(({ event }) => event),
    frames: () => told.filter(({ type }) => type === "frames"),
  };
}

for (const rate of [24_000, 48_000, 44_100]) {
  describe(`at ${rate} Hz`, () => {
    test("a voice is told on the audio clock, whatever the microphone left out before", async () => {
      const { level, voices } = await capture(rate);
      level(0.3, 0.001);
      // As while a microphone begins: not silence, but nothing.
      level(0.25, null);
      const began = level(0.5, 0.001);
      const ended = level(1, 0.3);
      level(0.5, 0.001);
      const at = Object.fromEntries(voices().map((event) => [event.type, event.at]));
      const close = (frame, wanted) => assert.ok(Math.abs(frame - wanted) <= 0.02 * rate, `${frame}: ${wanted}`);
      close(at.onset, began);
      close(at.released, ended);
    });

    test("frames of 20 ms, two to a message, only while it is open, and as many samples as were heard", async () => {
      const { level, open, frames } = await capture(rate);
      level(0.5, 0.3);
      assert.equal(frames().length, 0);
      open(true);
      level(2, 0.3);
      assert.deepEqual([...new Set(frames().map(({ pcm }) => pcm.byteLength))], [1_920]);
      const samples = 960 * frames().length;
      assert.equal(frames().at(-1).samples, samples);
      assert.ok(Math.abs(samples - 2 * 24_000) <= 960 + 240);
      open(false);
      level(1, 0.3);
      assert.equal(960 * frames().length, samples);
    });
  });
}
