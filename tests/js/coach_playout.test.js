import assert from "node:assert/strict";
import { describe, test } from "node:test";

import { Playout } from "../../static/js/coach/playout.js";

const RATE = 24_000;
const BLOCK = 128;
const FADE = 144;
const DUCKED = 0.126;

/** @param {number} seconds */
function tone(seconds, from = 0) {
  return Float32Array.from({ length: Math.round(seconds * RATE) }, (_, at) =>
    0.5 * Math.sin((2 * Math.PI * 440 * (at + from)) / RATE),
  );
}

const NATURAL_STEP = 2 * 0.5 * Math.sin((Math.PI * 440) / RATE);

/** Plays as a worklet does, block by block, and keeps what came out. */
class Deck {
  playout = new Playout(RATE);
  events = [];
  out = [];
  frame = 0;

  run(seconds, between = () => {}) {
    for (let left = Math.round((seconds * RATE) / BLOCK); left > 0; left -= 1) {
      between();
      const block = new Float32Array(BLOCK);
      this.events.push(...this.playout.process(block, this.frame));
      this.out.push(...block);
      this.frame += BLOCK;
    }
  }

  of(type) {
    return this.events.filter((event) => event.type === type);
  }

  largestStep() {
    return this.out.reduce((most, sample, at) => (at ? Math.max(most, Math.abs(sample - this.out[at - 1])) : 0), 0);
  }

  loudest(from, to = this.out.length) {
    return this.out.slice(from, to).reduce((most, sample) => Math.max(most, Math.abs(sample)), 0);
  }
}

/** A generator of the same random numbers every time. */
function dice(seed) {
  return () => {
    seed = (seed * 1_103_515_245 + 12_345) % 2 ** 31;
    return seed / 2 ** 31;
  };
}

describe("playing", () => {
  test("a reply that comes at once is played whole, and its end is told", () => {
    const deck = new Deck();
    deck.playout.enqueue("a", tone(1));
    deck.playout.end("a");
    deck.run(1.1);
    assert.deepEqual(deck.of("finished").map(({ heard }) => heard), [RATE]);
    assert.equal(deck.of("started")[0].frame, 0);
    assert.equal(deck.of("underrun").length, 0);
    assert.ok(deck.largestStep() <= 1.2 * NATURAL_STEP);
  });

  test("it waits for a little to have come, and then goes on without a gap", () => {
    const deck = new Deck();
    deck.playout.enqueue("a", tone(0.02));
    deck.run(0.05);
    assert.equal(deck.of("started").length, 0);
    deck.playout.enqueue("a", tone(0.5, 480));
    deck.run(0.05);
    assert.equal(deck.of("started").length, 1);
  });

  test("what is shorter than the wait is played when it is known to be all", () => {
    const deck = new Deck();
    deck.playout.enqueue("a", tone(0.02));
    deck.playout.end("a");
    deck.run(0.1);
    assert.equal(deck.of("finished")[0].heard, 480);
  });

  test("a gap of 200 ms loses no sample, is counted once, and ends nothing", () => {
    const deck = new Deck();
    deck.playout.enqueue("a", tone(0.5));
    deck.run(0.7);
    assert.equal(deck.of("underrun").length, 1);
    assert.equal(deck.of("finished").length, 0);
    deck.playout.enqueue("a", tone(0.5, RATE / 2));
    deck.playout.end("a");
    deck.run(0.7);
    assert.equal(deck.of("finished")[0].heard, RATE);
    assert.equal(deck.of("underrun").length, 1);
    assert.ok(deck.largestStep() <= 1.2 * NATURAL_STEP, String(deck.largestStep() / NATURAL_STEP));
  });

  test("a reply of a minute in pieces with gaps of up to 400 ms is heard whole", () => {
    for (let seed = 1; seed <= 5; seed += 1) {
      const random = dice(seed);
      const deck = new Deck();
      let sent = 0;
      let next = 0;
      deck.run(75, () => {
        if (deck.frame < next || sent >= 60 * RATE) return;
        const piece = tone(0.1 + 0.5 * random(), sent);
        deck.playout.enqueue("a", piece);
        sent += piece.length;
        next = deck.frame + Math.round(random() * 0.4 * RATE) + piece.length * 0.6;
        if (sent >= 60 * RATE) deck.playout.end("a");
      });
      assert.equal(deck.of("finished")[0]?.heard, sent, `seed ${seed}`);
      assert.ok(deck.largestStep() <= 1.2 * NATURAL_STEP, `seed ${seed}`);
    }
  });

  test("one item after another, each counted by itself", () => {
    const deck = new Deck();
    deck.playout.enqueue("a", tone(0.2));
    deck.playout.end("a");
    deck.playout.enqueue("b", tone(0.3));
    deck.playout.end("b");
    deck.run(1);
    assert.deepEqual(deck.of("finished").map(({ item, heard }) => [item, heard]), [["a", 4800], ["b", 7200]]);
  });
});

describe("giving way", () => {
  test("thirty seconds that wait are silent within 10 ms, without a click, and counted", () => {
    const deck = new Deck();
    deck.playout.enqueue("a", tone(30));
    deck.run(1);
    const cutAt = deck.frame;
    deck.playout.cut();
    deck.run(0.5);
    const [{ frame, counts }] = deck.of("cut");
    assert.ok(frame - cutAt <= 0.01 * RATE);
    assert.equal(deck.loudest(frame), 0);
    assert.equal(deck.playout.queuedSeconds, 0);
    assert.deepEqual(counts, [{ item: "a", heard: frame, received: 30 * RATE }]);
    assert.ok(deck.largestStep() <= 1.2 * NATURAL_STEP);
  });

  test("what still comes of an item that was cut is not heard; what comes of another one is", () => {
    const deck = new Deck();
    deck.playout.enqueue("a", tone(2));
    deck.run(0.5);
    deck.playout.cut();
    for (let times = 0; times < 10; times += 1) deck.playout.enqueue("a", tone(0.2));
    deck.playout.enqueue("b", tone(0.2));
    deck.playout.end("b");
    deck.run(1);
    assert.deepEqual(deck.of("started").map(({ item }) => item), ["a", "b"]);
    assert.equal(deck.of("finished")[0].heard, 4800);
    assert.deepEqual(deck.of("cut")[0].counts.map(({ item }) => item), ["a"]);
  });

  test("a cut before the first sample tells that nothing was heard", () => {
    const deck = new Deck();
    deck.playout.enqueue("a", tone(0.02));
    deck.playout.cut();
    deck.run(0.01);
    assert.deepEqual(deck.of("cut")[0].counts, [{ item: "a", heard: 0, received: 480 }]);
  });

  test("a cut with nothing to cut is answered too", () => {
    const deck = new Deck();
    deck.playout.cut();
    deck.run(0.01);
    assert.deepEqual(deck.of("cut").map(({ counts }) => counts), [[]]);
  });

  test("quieter by 18 dB and loud again, without a click", () => {
    const deck = new Deck();
    deck.playout.enqueue("a", tone(2));
    deck.run(0.5);
    deck.playout.duck(true);
    deck.run(0.5);
    assert.ok(Math.abs(deck.loudest(0.6 * RATE) - 0.5 * DUCKED) < 0.001);
    deck.playout.duck(false);
    deck.run(0.5);
    assert.ok(deck.loudest(1.1 * RATE) > 0.49);
    assert.ok(deck.largestStep() <= 1.2 * NATURAL_STEP);
  });

  test("held, it goes on exactly where it stopped", () => {
    const deck = new Deck();
    deck.playout.enqueue("a", tone(1));
    deck.playout.end("a");
    deck.run(0.3);
    deck.playout.hold(true);
    deck.run(0.5);
    const [{ frame }] = deck.of("held");
    assert.ok(frame - 0.3 * RATE <= FADE + BLOCK);
    assert.equal(deck.loudest(frame), 0);
    deck.playout.hold(false);
    deck.run(1);
    assert.equal(deck.of("finished")[0].heard, RATE);
    assert.equal(deck.of("underrun").length, 0);
    assert.ok(deck.largestStep() <= 1.2 * NATURAL_STEP);
  });

  test("whatever happens when, counts never pass what was received and nothing clicks", () => {
    for (let seed = 1; seed <= 30; seed += 1) {
      const random = dice(seed);
      const deck = new Deck();
      const received = new Map();
      let item = 0;
      deck.run(20, () => {
        const roll = random();
        const name = `item ${item}`;
        if (roll < 0.03) {
          // In phase with nothing: a step between two pieces would be the test's own.
          const piece = tone(0.05 + random(), received.get(name) ?? 0);
          deck.playout.enqueue(name, piece);
          received.set(name, (received.get(name) ?? 0) + piece.length);
        } else if (roll < 0.035) {
          deck.playout.end(name);
          item += 1;
        } else if (roll < 0.04) {
          deck.playout.cut();
          item += 1;
        } else if (roll < 0.05) {
          deck.playout.hold(random() < 0.3);
        } else if (roll < 0.06) {
          deck.playout.duck(random() < 0.5);
        }
      });
      for (const { counts } of deck.of("cut")) {
        for (const { item: name, heard } of counts) assert.ok(heard <= received.get(name), `seed ${seed}`);
      }
      for (const { item: name, heard } of deck.of("finished")) {
        assert.equal(heard, received.get(name), `seed ${seed}`);
      }
      assert.ok(deck.largestStep() <= 1.2 * NATURAL_STEP, `seed ${seed}: ${deck.largestStep() / NATURAL_STEP}`);
    }
  });
});
