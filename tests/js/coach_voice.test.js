import assert from "node:assert/strict";
import { describe, test } from "node:test";

import { VoiceDetector } from "../../static/js/coach/voice.js";

const RATE = 24_000;
const WINDOW = 240;
const QUIET = 0.0008;
const VOICE = 0.08;

/**
 * What is told of `[milliseconds, level, played]` after one another; times in milliseconds.
 * @returns {{type: string, from: number, told: number}[]}
 */
function heard(...parts) {
  const detector = new VoiceDetector(RATE);
  const told = [];
  let window = 0;
  for (const [milliseconds, level, played = 0] of parts) {
    for (let left = milliseconds / 10; left > 0; left -= 1) {
      window += 1;
      for (const { type, at } of detector.push(level, played).events) {
        told.push({ type, from: (at / RATE) * 1000, told: window * 10 });
      }
    }
  }
  return told;
}

const types = (events) => events.map(({ type }) => type);

describe("a voice", () => {
  test("is told within 60 to 100 ms, with the moment it began", () => {
    const [onset] = heard([500, QUIET], [1000, VOICE]);
    assert.equal(onset.type, "onset");
    assert.equal(onset.from, 500);
    assert.ok(onset.told - 500 >= 60 && onset.told - 500 <= 100);
  });

  test("insists, is confirmed, and is released after it has ended", () => {
    const events = heard([500, QUIET], [1000, VOICE], [500, QUIET]);
    assert.deepEqual(types(events), ["onset", "insists", "confirmed", "released"]);
    assert.ok(events[1].told - 500 <= 90, "so that the coach is silent within 120 ms");
    assert.ok(events[2].told - 500 >= 250);
    assert.equal(events[3].from, 1500);
  });

  test("has gaps between its syllables", () => {
    const syllables = Array.from({ length: 6 }, () => [[150, VOICE], [70, QUIET]]).flat();
    assert.deepEqual(types(heard([500, QUIET], ...syllables, [500, QUIET])), [
      "onset",
      "insists",
      "confirmed",
      "released",
    ]);
  });

  test("is heard over a fan", () => {
    const events = heard([3000, 0.006], [500, VOICE], [500, 0.006]);
    assert.deepEqual(types(events), ["onset", "insists", "confirmed", "released"]);
  });
});

describe("what is no voice", () => {
  test("a tap on the table", () => {
    assert.deepEqual(heard([500, QUIET], [40, 0.3], [500, QUIET]), []);
  });

  test("something that falls down is over before it insists", () => {
    assert.deepEqual(types(heard([500, QUIET], [70, 0.3], [500, QUIET])), ["onset", "released"]);
  });

  test("a cough begins like one, and is released within 500 ms", () => {
    const events = heard([500, QUIET], [150, VOICE], [1000, QUIET]);
    assert.deepEqual(types(events), ["onset", "insists", "released"]);
    assert.ok(events[2].told - 500 <= 500);
  });

  test("an mhm of 250 ms is never confirmed", () => {
    const events = heard([500, QUIET], [250, VOICE], [1000, QUIET]);
    assert.ok(!types(events).includes("confirmed"));
    assert.ok(events.at(-1).told - 750 <= 500);
  });

  test("a steady fan", () => {
    assert.deepEqual(heard([200, 0.001], [60_000, 0.0025]), []);
  });

  test("digital silence", () => {
    assert.deepEqual(heard([60_000, 0]), []);
  });

  test("the coach's own voice out of the loudspeaker, at -20 dB and 120 ms late, for a minute", () => {
    const words = (at) => (at % 700 < 500 ? 0.15 : 0.0001);
    const parts = Array.from({ length: 6000 }, (_, window) => {
      const now = window * 10;
      return [10, Math.max(QUIET, now >= 120 ? 0.1 * words(now - 120) : 0), words(now)];
    });
    assert.deepEqual(heard(...parts), []);
  });
});

describe("an echo", () => {
  test("is told from a voice that speaks over it", () => {
    const events = heard([1000, QUIET, 0.1], [1000, 0.01, 0.1], [500, VOICE, 0.1]);
    assert.equal(events[0].type, "onset");
    assert.equal(events[0].from, 2000);
  });

  test("is kept from the server; a voice is not, not even its first window", () => {
    const detector = new VoiceDetector(RATE);
    for (let window = 0; window < 50; window += 1) assert.ok(detector.push(0.01, 0.1).isEcho);
    for (let window = 0; window < 50; window += 1) assert.ok(!detector.push(VOICE, 0.1).isEcho);
  });

  test("is none where nothing was played", () => {
    const detector = new VoiceDetector(RATE);
    for (let window = 0; window < 50; window += 1) assert.ok(!detector.push(QUIET, 0).isEcho);
  });
});

test("a window is 10 ms", () => assert.equal(new VoiceDetector(RATE).windowSamples, WINDOW));
