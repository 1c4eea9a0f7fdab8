import assert from "node:assert/strict";
import { test } from "node:test";

import { Painter } from "../../static/js/charts/painter.js";
import { extent, inView } from "../../static/js/charts/presets.js";
import { announcement, glance, isForming, reading } from "../../static/js/charts/reading.js";
import { isOverTime, lightAt } from "../../static/js/lib/lights.js";
import { followPage } from "../../static/js/lib/page_life.js";
import { bar } from "./metrics_server.js";

const bars = (seconds) => Array.from({ length: seconds }, (_, seq) => bar(seq, 1, { final: true }));

class Screen extends EventTarget {
  hidden = false;
  frames = [];
  painted = [];
  now = 1000;

  constructor() {
    super();
    this.painter = new Painter(() => this.painted.push(this.now), {
      document: this,
      requestAnimationFrame: (callback) => this.frames.push(callback),
      cancelAnimationFrame: () => this.frames.splice(0),
    });
  }

  /** One of sixty frames a second, if the page can be seen. */
  frame() {
    this.now += 16;
    if (!this.hidden) for (const callback of this.frames.splice(0)) callback(this.now);
  }

  turn(hidden) {
    this.hidden = hidden;
    this.dispatchEvent(new Event("visibilitychange"));
  }
}

test("it paints what changed, at most once in 80 ms, and the last change always", () => {
  const screen = new Screen();
  for (let frame = 0; frame < 60; frame += 1) {
    if (frame < 50) screen.painter.request();
    screen.frame();
  }
  assert.ok(screen.painted.length >= 9 && screen.painted.length <= 12, `${screen.painted.length}`);
  screen.painted.reduce((before, now) => {
    assert.ok(now - before >= 80);
    return now;
  });
  assert.ok(screen.painted.at(-1) >= 1000 + 50 * 16);
  assert.equal(screen.frames.length, 0, "nothing changed, so no frame is asked for");
});

test("hidden, it does not paint, and paints once when it is seen again", () => {
  const screen = new Screen();
  screen.turn(true);
  for (let frame = 0; frame < 60; frame += 1) {
    screen.painter.request();
    screen.frame();
  }
  assert.deepEqual([screen.painted.length, screen.frames.length], [0, 0]);
  screen.turn(false);
  for (let frame = 0; frame < 60; frame += 1) screen.frame();
  assert.equal(screen.painted.length, 1);
});

test("hidden between the request and the frame, it waits", () => {
  const screen = new Screen();
  screen.painter.request();
  screen.hidden = true;
  screen.frames.splice(0)[0](2000);
  assert.equal(screen.painted.length, 0);
  screen.turn(false);
  screen.frame();
  assert.equal(screen.painted.length, 1);
});

test("closed, it asks for nothing", () => {
  const screen = new Screen();
  screen.painter.request();
  screen.painter.close();
  screen.turn(false);
  screen.frame();
  assert.deepEqual([screen.painted.length, screen.frames.length], [0, 0]);
});

test("a preset shows the newest seconds, and the whole speech all of them", () => {
  assert.deepEqual(extent("30s", []), { from: 0, to: 30 });
  assert.deepEqual(extent("2m", bars(10)), { from: 0, to: 120 });
  assert.deepEqual(extent("30s", bars(100)), { from: 70, to: 100 });
  assert.deepEqual(extent("5m", bars(301)), { from: 1, to: 301 });
  assert.deepEqual(extent("whole", bars(10)), { from: 0, to: 30 });
  assert.deepEqual(extent("whole", bars(1500)), { from: 0, to: 1500 });
  assert.deepEqual(extent("last5", bars(400)), { from: 0, to: 400 });
  const forming = [...bars(100), bar(100, 1, { t1: 100.4 })];
  assert.deepEqual(extent("30s", forming), { from: 71, to: 101 });
});

test("what is in view is what overlaps it", () => {
  const seqs = (from, to) => inView(bars(100), { from, to }).map(({ seq }) => seq);
  assert.deepEqual(seqs(97, 127), [97, 98, 99]);
  assert.deepEqual(seqs(0, 3), [0, 1, 2]);
  assert.deepEqual(seqs(1.5, 2.5), [1, 2]);
  assert.deepEqual(inView([], { from: 0, to: 30 }), []);
});

test("a bar as words: what was not measured is a dash, never a zero", () => {
  const measured = bar(41, 3, {
    fillers: [{ word: "um", at: 41.3 }, { word: "you know", at: 41.8 }],
    pauseSeconds: 0.25,
    energy: { open: -31.2, high: -0.2, low: -44, close: -22.9 },
    pitch: { low: 104.1, mid: 121.7, high: 160.3 },
    pace: { open: 128, high: 132, low: 126, close: 132.4 },
  });
  assert.deepEqual(reading(measured), {
    words: "3",
    pace: "132",
    fillers: "um, you know",
    pause: "0.3",
    voiced: "1.0",
    pitch: "122 (104–160)",
    energy: "−44 to 0",
  });
  const unmeasured = bar(0, 1, { words: null, pace: null, pauseSeconds: null, voicedSeconds: null, energy: null });
  assert.deepEqual(new Set(Object.values(reading(unmeasured))), new Set(["–"]));
});

test("a second that is not over is forming; the last one of a speech is not", () => {
  assert.equal(isForming(bar(3, 1, { t1: 3.4 })), true);
  assert.equal(isForming(bar(3, 1, { t1: 3.4, final: true })), false);
  assert.equal(isForming(bar(3, 1)), false);
  assert.equal(isForming(bar(0, 1, { t1: 15 })), false);
});

test("at a glance: the newest of each measure, the sums of the rest", () => {
  const seen = [
    bar(0, 1, { pitch: { low: 90, mid: 110, high: 150 }, fillers: [{ word: "um", at: 0.2 }] }),
    bar(1, 1, { pauseSeconds: 1 }),
    bar(2, 1, { pauseSeconds: 0.6, pace: null, fillers: [{ word: "er", at: 2.2 }] }),
  ];
  assert.deepEqual(glance(seen), { pace: "120", pitch: "110", energy: "1", fillers: "2", pauses: "2" });
  assert.deepEqual(glance([]), { pace: "–", pitch: "–", energy: "–", fillers: "0", pauses: "0" });
  assert.equal(announcement(seen), "At 0:03: 120 words a minute, 2 fillers, 2 seconds of pause.");
  assert.equal(announcement(bars(1)), "At 0:01: 120 words a minute, 0 fillers.");
  assert.equal(announcement([]), "");
});

test("a light comes on at its second, and none where there is no time", () => {
  const lights = { green: 300, yellow: 360, red: 420, overtime: 450 };
  const at = [0, 299.9, 300, 360, 419, 420, 9000].map((seconds) => lightAt(lights, seconds));
  assert.deepEqual(at, ["none", "none", "green", "yellow", "yellow", "red", "red"]);
  assert.equal(lightAt(null, 9000), "none");
  assert.deepEqual([420, 450, 450.1].map((seconds) => isOverTime(lights, seconds)), [false, false, true]);
  assert.equal(isOverTime(null, 9000), false);
});

test("a page may have missed something when it is seen, in front or online again", () => {
  const page = { window: new EventTarget(), document: Object.assign(new EventTarget(), { hidden: true }) };
  const told = [];
  const note = (what) => () => told.push(what);
  const stop = followPage({ woken: note("woken"), left: note("left"), returned: note("returned") }, page);
  const say = (type, more = {}) => page.window.dispatchEvent(Object.assign(new Event(type), more));
  const turn = () => page.document.dispatchEvent(new Event("visibilitychange"));
  turn();
  assert.deepEqual(told, [], "hidden now");
  page.document.hidden = false;
  turn();
  say("focus");
  say("online");
  say("pageshow", { persisted: false });
  say("pagehide");
  say("pageshow", { persisted: true });
  assert.deepEqual(told, ["woken", "woken", "woken", "left", "returned"]);
  stop();
  turn();
  for (const type of ["focus", "online", "pagehide"]) say(type);
  assert.equal(told.length, 5);
});
