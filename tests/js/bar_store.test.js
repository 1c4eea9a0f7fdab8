import assert from "node:assert/strict";
import { test } from "node:test";

import { BarStore } from "../../static/js/charts/bar_store.js";
import { MetricsServer, bar, chance } from "./metrics_server.js";

const seqs = (store) => store.bars.map(({ seq, rev }) => [seq, rev]);
const history = (bars, more = {}) => ({ epoch: "a", eid: 10, reset: false, bars, ...more });

test("only a higher revision replaces a bar", () => {
  const store = new BarStore();
  assert.equal(store.load(history([bar(0, 2), bar(1, 1)])), true);
  assert.equal(store.apply("a", 11, bar(0, 1)), false);
  assert.equal(store.apply("a", 12, bar(0, 2, { words: 99 })), false);
  assert.equal(store.apply("a", 13, bar(1, 4)), true);
  assert.deepEqual(seqs(store), [[0, 2], [1, 4]]);
  assert.equal(store.bars[0].words, 2);
  assert.equal(store.eid, 13);
});

test("a late bar finds its place, whenever the order was asked for", () => {
  const store = new BarStore();
  store.load(history([bar(3, 1), bar(0, 1)]));
  assert.deepEqual(seqs(store), [[0, 1], [3, 1]]);
  for (const seq of [4, 1, 2, 5]) store.apply("a", 11, bar(seq, 1));
  store.apply("a", 12, bar(1, 2));
  assert.deepEqual(seqs(store), [[0, 1], [1, 2], [2, 1], [3, 1], [4, 1], [5, 1]]);
  assert.equal(store.last.seq, 5);
});

test("nothing of another epoch is taken, before and after a history", () => {
  const store = new BarStore();
  assert.equal(store.apply("a", 1, bar(0, 1)), false);
  assert.equal(store.epoch, null);
  store.load(history([bar(0, 1)]));
  assert.equal(store.apply("b", 99, bar(1, 1)), false);
  assert.deepEqual([store.eid, store.bars.length], [10, 1]);
});

test("a reset begins from nothing, with revisions as low as they come", () => {
  const store = new BarStore();
  store.load(history([bar(0, 7), bar(1, 7)]));
  assert.equal(store.load(history([bar(0, 1)], { epoch: "b", eid: 2 })), true);
  assert.deepEqual(seqs(store), [[0, 1]]);
  assert.equal(store.eid, 2);
  assert.equal(store.load(history([], { epoch: "b", eid: 3, reset: true })), true);
  assert.deepEqual(store.bars, []);
  assert.equal(store.last, undefined);
});

test("an answer that is older than what is known takes nothing back", () => {
  const store = new BarStore();
  store.load(history([bar(0, 1)]));
  store.apply("a", 14, bar(1, 3));
  assert.equal(store.load(history([bar(0, 1), bar(1, 2)], { eid: 12 })), false);
  assert.deepEqual(seqs(store), [[0, 1], [1, 3]]);
  assert.equal(store.eid, 14);
});

test("whatever is lost, doubled or late: at the end it is as history has it", () => {
  for (let seed = 1; seed <= 300; seed += 1) {
    const { random, below } = chance(seed);
    const server = new MetricsServer();
    const store = new BarStore();
    let late = [];
    for (let step = 0; step < 150; step += 1) {
      const newest = Math.max(-1, ...server.bars.keys());
      const event = server.change(random() < 0.5 ? newest + 1 : Math.max(0, newest - below(5)));
      const arriving = random() < 0.3 ? [] : random() < 0.3 ? [event, event] : [event];
      // Not the position: that is the stream's to vouch for.
      for (const one of arriving) store.apply(one.epoch, store.eid, one.bar);
      if (random() < 0.2) late.push(event);
      if (random() < 0.1) for (const one of late.splice(0)) store.apply(one.epoch, store.eid, one.bar);
      if (random() < 0.02) server.restart();
      if (random() < 0.1) reconcile(store, server);
      void store.bars;
    }
    reconcile(store, server);
    for (const one of late) store.apply(one.epoch, store.eid, one.bar);
    assert.deepEqual(store.bars, server.history(null).bars, `seed ${seed}`);
    assert.deepEqual([store.epoch, store.eid], [server.epoch, server.eid], `seed ${seed}`);
  }
});

function reconcile(store, server) {
  const since = store.epoch === null ? null : { epoch: store.epoch, eid: store.eid };
  const answer = server.history(since);
  store.load(answer.reset ? { ...server.history(null), reset: true } : answer);
}
