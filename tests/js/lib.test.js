import assert from "node:assert/strict";
import { test } from "node:test";

import { audioType, silentWav } from "../../static/js/lib/audio_file.js";
import { csrfToken } from "../../static/js/lib/csrf.js";
import { visibleLevel } from "../../static/js/lib/level.js";
import { fileName, ownAddress } from "../../static/js/lib/links.js";
import { PressGuard } from "../../static/js/lib/press_guard.js";
import { commandOf } from "../../static/js/lib/shortcuts.js";
import { clock } from "../../static/js/lib/time.js";

const bytes = (...values) => Uint8Array.from(values).buffer;

test("a sound file is known by its first bytes", () => {
  assert.equal(audioType(silentWav()), "audio/wav");
  assert.equal(audioType(bytes(0x49, 0x44, 0x33, 4)), "audio/mpeg");
  assert.equal(audioType(bytes(0xff, 0xfb, 0x90, 0)), "audio/mpeg");
  assert.equal(audioType(bytes(0x3c, 0x68)), "");
  assert.equal(audioType(bytes()), "");
});

test("only our own addresses become links", () => {
  const base = "https://club.example/clubs/a/live/";
  assert.equal(ownAddress("/files/a.txt", base), "https://club.example/files/a.txt");
  for (const foreign of ["//evil.example/a", "https://evil.example/a", "javascript:alert(1)", "http://club.example/a"]) {
    assert.equal(ownAddress(foreign, base), null);
  }
  assert.equal(fileName("/files/1/my%20speech.txt?x=1"), "my speech.txt");
  assert.equal(fileName("%E0%A4%A"), "%E0%A4%A");
});

test("shortcuts rest while someone types and leave modifiers alone", () => {
  const press = (key, more = {}) => ({
    key,
    ctrlKey: false,
    altKey: false,
    metaKey: false,
    repeat: false,
    target: { matches: () => false },
    ...more,
  });
  const commands = { r: "start", escape: "panic" };
  assert.equal(commandOf(press("R"), commands), "start");
  assert.equal(commandOf(press("Escape"), commands), "panic");
  assert.equal(commandOf(press("x"), commands), null);
  assert.equal(commandOf(press("r", { ctrlKey: true }), commands), null);
  assert.equal(commandOf(press("r", { repeat: true }), commands), null);
  assert.equal(commandOf(press("r", { target: { matches: () => true } }), commands), null);
});

test("times as a clock shows them", () => {
  assert.equal(clock(0), "0:00");
  assert.equal(clock(61.9), "1:01");
  assert.equal(clock(1500), "25:00");
});

test("the level is shown in decibels", () => {
  assert.equal(visibleLevel(0), 0);
  assert.equal(visibleLevel(1), 1);
  assert.ok(Math.abs(visibleLevel(0.001)) < 1e-9);
});

test("a double tap on one command is not a tap on the one that takes its place", () => {
  const guard = new PressGuard();
  const press = (timeStamp, clientX = 100, detail = 1) => ({ timeStamp, clientX, clientY: 700, detail });
  assert.equal(guard.accepts("stop", press(1000)), true);
  assert.equal(guard.accepts("deliver", press(1300)), false);
  assert.equal(guard.accepts("deliver", press(1800)), true);
  assert.equal(guard.accepts("deliver", press(1900)), true);
  assert.equal(guard.accepts("start", press(2000, 300)), true);
  assert.equal(guard.accepts("stop", press(2100, 300, 0)), true);
});

test("the token of forms is read from its own cookie", () => {
  assert.equal(csrfToken("a=1; csrftoken=abc=; b=2"), "abc=");
  assert.equal(csrfToken("csrftoken=abc"), "abc");
  assert.equal(csrfToken("xcsrftoken=abc"), "");
  assert.equal(csrfToken(""), "");
});
