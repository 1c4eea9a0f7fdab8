import assert from "node:assert/strict";
import { test } from "node:test";

import { AudioBacklog } from "../../static/js/lib/audio_backlog.js";

const frame = (value, length = 800) => new Int16Array(length).fill(value);

test("what is acknowledged is let go, what is not is kept", () => {
  const backlog = new AudioBacklog(16000);
  for (let n = 0; n < 5; n += 1) backlog.append(frame(n));
  backlog.acknowledge(1600);
  assert.equal(backlog.start, 1600);
  assert.equal(backlog.end, 4000);
  assert.equal(backlog.from(1600)?.pcm[0], 2);
});

test("an acknowledgement inside a frame gives the rest of it", () => {
  const backlog = new AudioBacklog(16000);
  backlog.append(frame(1));
  backlog.append(frame(2));
  backlog.acknowledge(900);
  const next = backlog.from(900);
  assert.equal(next?.start, 900);
  assert.equal(next?.pcm.length, 700);
});

test("beyond the limit the oldest goes, and it is known how much", () => {
  const backlog = new AudioBacklog(1600);
  for (let n = 0; n < 4; n += 1) backlog.append(frame(n));
  assert.equal(backlog.dropped, 1600);
  assert.equal(backlog.start, 1600);
  assert.equal(backlog.from(0)?.start, 1600);
});

test("at the end there is nothing to send", () => {
  const backlog = new AudioBacklog(1600);
  assert.equal(backlog.from(0), null);
  backlog.append(frame(1));
  assert.equal(backlog.from(800), null);
  backlog.clear();
  assert.equal(backlog.end, 0);
});

test("a count may begin where another page left off", () => {
  const backlog = new AudioBacklog(100);
  backlog.clear(40);
  backlog.append(new Int16Array(10));
  assert.deepEqual([backlog.start, backlog.end], [40, 50]);
  assert.equal(backlog.from(45)?.pcm.length, 5);
});
