import assert from "node:assert/strict";
import { test } from "node:test";

import { positionOf } from "../../static/js/charts/metrics_stream.js";
import { World } from "./metrics_world.js";

async function joined(seconds = 3) {
  const world = new World();
  for (let seq = 0; seq < seconds; seq += 1) world.server.change(seq);
  world.stream.open();
  await world.pass(1000);
  assert.equal(world.stream.status, "open");
  return world;
}

const agrees = (world, message) => {
  assert.deepEqual(world.store.bars, world.server.history(null).bars, message);
};

test("a place in the stream is its epoch and a number", () => {
  assert.deepEqual(positionOf("k3-846"), { epoch: "k3", eid: 846 });
  assert.deepEqual(positionOf("a-b-7"), { epoch: "a-b", eid: 7 });
  for (const nothing of ["", "7", "-7", "k3-x"]) assert.equal(positionOf(nothing), null);
});

test("the stream is opened before history is asked for, and what comes between is not lost", async () => {
  const world = new World(1, { delay: 1 });
  world.server.change(0);
  world.stream.open();
  assert.equal(world.sources.length, 1);
  assert.equal(world.asked.length, 0);
  world.mostDelay = 500;
  await world.pass(2);
  world.change(0);
  world.change(1);
  world.change(0);
  assert.deepEqual(world.store.bars, [], "it waits for the history");
  await world.pass(2000);
  agrees(world);
  assert.deepEqual(world.asked.slice(0, 1), [null]);
});

test("events go on where history ends; an older revision and a double change nothing", async () => {
  const world = await joined();
  const event = world.change(3, { kind: "micro" });
  world.source.bar(event);
  world.change(3);
  const changes = world.log.length;
  world.source.bar(event);
  assert.equal(world.log.length, changes);
  world.change(1);
  agrees(world);
});

test("a lost connection is taken up by the browser, and what changed meanwhile is asked for", async () => {
  const world = await joined();
  world.cut();
  assert.equal(world.stream.status, "lost");
  for (const seq of [3, 4, 2]) world.server.change(seq);
  world.isCut = false;
  await world.pass(5000);
  assert.equal(world.stream.status, "open");
  assert.equal(world.sources.length, 1, "the same object");
  assert.deepEqual(world.asked.at(-1), { epoch: "k0", eid: 3 });
  agrees(world);
});

test("a stream that was refused is opened again, later and later, with where it was", async () => {
  const world = await joined();
  world.refusal = 502;
  world.cut();
  world.isCut = false;
  await world.pass(40_000);
  assert.equal(world.open.length, 0);
  assert.ok(world.probes > 3 && world.probes < 40, `${world.probes} attempts`);
  world.server.change(3);
  world.refusal = null;
  await world.pass(31_000);
  assert.equal(world.open.length, 1);
  assert.deepEqual(world.source.since, { epoch: "k0", eid: 3 });
  assert.equal(world.stream.status, "open");
  agrees(world);
});

test("a stream that accepts and then closes is not asked at once for ever", async () => {
  const world = await joined();
  for (let times = 0; times < 30; times += 1) {
    world.source.refuse();
    await world.pass(3000);
  }
  assert.ok(world.sources.length < 20, `${world.sources.length} streams in a minute and a half`);
});

test("nothing for 35 seconds is a dead link, a heartbeat is not", async () => {
  const world = await joined();
  await world.pass(30_000);
  world.source.say("hb", {});
  await world.pass(30_000);
  assert.equal(world.sources.length, 1);
  world.server.change(3);
  await world.pass(10_000);
  assert.equal(world.sources.length, 2);
  assert.equal(world.open.length, 1);
  agrees(world);
});

test("of what waits for the history, the highest revision counts", async () => {
  const world = new World(1, { delay: 300 });
  world.stream.open();
  await world.pass(1);
  world.mostDelay = 3000;
  for (let tries = 0; world.source.readyState !== 1 && tries < 400; tries += 1) await world.pass(1);
  const first = world.change(0);
  world.change(0);
  world.source.bar(first);
  const { bars } = world.store;
  assert.deepEqual(bars, []);
  world.store.load({ epoch: "k0", eid: 0, reset: false, bars: [] });
  world.server.bars.clear();
  await world.pass(20_000);
  assert.deepEqual(world.store.bars.map(({ seq, rev }) => [seq, rev]), [[0, 2]]);
});

test("a ring that is lost while its history is on its way is asked for again", async () => {
  const world = new World(1, { delay: 1 });
  world.server.change(0);
  world.stream.open();
  await world.pass(1);
  assert.equal(world.stream.status, "open");
  world.server.restart();
  world.change(5);
  await world.pass(1000);
  agrees(world);
});

test("an answer of a ring that was lost on the answer's way is asked for again", async () => {
  const world = new World(1, { delay: 1 });
  world.server.change(0);
  world.stream.open();
  // Asked before the stream was open, and once more since: the second answer is on its way.
  while (world.asked.length < 2) await world.pass(1);
  world.server.restart();
  world.change(5);
  await world.pass(1000);
  agrees(world);
});

test("a page that is left while it asks whether it may come back opens nothing", async () => {
  const world = await joined();
  world.source.refuse();
  const { probes } = world;
  while (world.probes === probes) await world.pass(1);
  world.page.left();
  await world.pass(30_000);
  assert.equal(world.open.length, 0);
  world.page.returned();
  await world.pass(1000);
  assert.equal(world.open.length, 1);
});

test("another epoch begins from nothing, by reconnecting or in the middle of a stream", async () => {
  const world = await joined();
  world.restart();
  world.server.change(7);
  await world.pass(5000);
  agrees(world, "by reconnecting");
  world.server.restart();
  world.change(9);
  world.change(9);
  await world.pass(1000);
  agrees(world, "in the middle");
});

test("a reset leads to the whole history", async () => {
  const world = await joined();
  world.cut();
  for (let times = 0; times < 30; times += 1) world.server.change(times % 6);
  world.isCut = false;
  await world.pass(5000);
  assert.equal(world.asked.at(-1), null);
  agrees(world);
});

test("who wakes up asks, once in five seconds however it is told", async () => {
  const world = await joined();
  await world.pass(10_000);
  const before = world.asked.length;
  for (let times = 0; times < 4; times += 1) world.page.woken();
  await world.pass(4000);
  assert.equal(world.asked.length, before + 1);
  await world.pass(2000);
  assert.equal(world.asked.length, before + 2, "what came too soon is not forgotten");
  world.source.say("hb", {});
  await world.pass(20_000);
  assert.equal(world.asked.length, before + 2);
});

test("who is online again does not wait for the next attempt", async () => {
  const world = await joined();
  world.refusal = 502;
  world.cut();
  world.isCut = false;
  await world.pass(300_000);
  world.refusal = null;
  world.server.change(3);
  world.page.woken();
  await world.pass(200);
  assert.equal(world.stream.status, "open");
  agrees(world);
});

test("a page in the browser's cache holds no stream, and is right when it is back", async () => {
  const world = await joined();
  world.page.left();
  assert.equal(world.open.length, 0);
  world.server.change(3);
  await world.pass(1000);
  world.page.returned();
  await world.pass(500);
  assert.equal(world.open.length, 1);
  agrees(world);
});

test("signed out: nothing is asked any more, until somebody has signed in", async () => {
  const world = await joined();
  world.refusal = 401;
  world.cut();
  world.isCut = false;
  await world.pass(60_000);
  assert.equal(world.stream.status, "signed_out");
  assert.equal(world.timers, 0);
  world.refusal = null;
  world.server.change(3);
  world.stream.tryNow();
  await world.pass(1000);
  assert.equal(world.stream.status, "open");
  agrees(world);
});

test("who may not see it any more is not asked for again", async () => {
  const world = await joined();
  world.refusal = 404;
  world.page.woken();
  await world.pass(60_000);
  assert.equal(world.stream.status, "refused");
  assert.equal(world.open.length, 0);
  assert.equal(world.timers, 0);
});

test("at the end the last bars are asked for, and the stream stays closed", async () => {
  const world = await joined();
  world.server.change(3);
  world.end();
  await world.pass(60_000);
  assert.equal(world.stream.status, "ended");
  assert.equal(world.open.length, 0);
  assert.equal(world.timers, 0);
  agrees(world);
});

test("of a speech that has ended before, history is shown", async () => {
  const world = new World();
  world.server.change(0);
  world.server.ended = true;
  world.stream.open();
  await world.pass(5000);
  assert.equal(world.stream.status, "ended");
  assert.equal(world.sources.length, 1);
  agrees(world);
});

test("a speech that begins again after its end is watched again", async () => {
  const world = await joined();
  world.end();
  await world.pass(10_000);
  world.server.ended = false;
  world.server.restart();
  world.page.woken();
  await world.pass(1000);
  assert.equal(world.stream.status, "open");
  world.change(1);
  agrees(world);
});

test("history that fails is asked for again, and the stream goes on meanwhile", async () => {
  const world = new World();
  world.server.change(0);
  world.refusal = 503;
  world.stream.open();
  await world.pass(3000);
  assert.deepEqual(world.store.bars, []);
  world.refusal = null;
  await world.pass(40_000);
  agrees(world);
});

test("closed, it listens to nothing, asks nothing and leaves no timer", async () => {
  const world = await joined();
  world.page.woken();
  world.stream.close();
  await world.pass(100);
  assert.deepEqual([world.open.length, world.timers, world.page], [0, 0, null]);
  world.stream.open();
  world.server.change(3);
  await world.pass(1000);
  agrees(world);
});

test("after any number of losses it is as history has it", async () => {
  for (let seed = 1; seed <= 150; seed += 1) {
    const world = new World(seed, { delay: 400 });
    const { random, below } = world.chance;
    world.stream.open();
    for (let step = 0; step < 120; step += 1) {
      await world.pass(below(400));
      const newest = Math.max(-1, ...world.server.bars.keys());
      const seq = random() < 0.5 ? newest + 1 : Math.max(0, newest - below(6));
      const event = world.change(seq, { kind: random() < 0.5 ? "micro" : "bar" });
      if (random() < 0.2) for (const source of world.open) source.bar(event);
      const fault = random();
      if (fault < 0.04) world.cut();
      else if (fault < 0.08) world.restart();
      else if (fault < 0.1) world.server.restart();
      else if (fault < 0.14) world.source.refuse();
      else if (fault < 0.18) world.page.woken();
      else if (fault < 0.2) world.page.left();
      else if (fault < 0.23) world.refusal = 502;
      if (random() < 0.15) {
        world.isCut = false;
        world.refusal = null;
      }
    }
    world.isCut = false;
    world.refusal = null;
    world.page.returned();
    await world.pass(60_000);
    // Whatever was there is joined: what comes now comes by the stream alone.
    const asked = world.asked.length;
    world.change(Math.max(0, ...world.server.bars.keys()) + 1);
    assert.equal(world.asked.length, asked, `seed ${seed}`);
    agrees(world, `seed ${seed}`);
    assert.equal(world.open.length, 1, `seed ${seed}`);
    world.stream.close();
  }
});
