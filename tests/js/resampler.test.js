import assert from "node:assert/strict";
import { test } from "node:test";

import { Resampler } from "../../static/js/lib/resampler.js";

const RATES = [8000, 16000, 22050, 32000, 44100, 48000, 88200, 96000, 192000];

function tone(hertz, rate, seconds, amplitude = 1) {
  return Float32Array.from({ length: Math.round(rate * seconds) }, (_, n) =>
    amplitude * Math.sin((2 * Math.PI * hertz * n) / rate),
  );
}

function resample(samples, rate, cut = () => samples.length) {
  const resampler = new Resampler(rate, 16000);
  const out = [];
  for (let at = 0; at < samples.length; ) {
    const end = Math.min(samples.length, at + cut(at));
    out.push(...resampler.push(samples.subarray(at, end)));
    at = end;
  }
  out.push(...resampler.flush());
  return Float32Array.from(out);
}

/** Level of one frequency by correlation, dBFS of a full-scale sine. */
function levelAt(samples, hertz) {
  let re = 0;
  let im = 0;
  let weight = 0;
  samples.forEach((sample, n) => {
    const hann = 0.5 - 0.5 * Math.cos((2 * Math.PI * n) / samples.length);
    re += hann * sample * Math.cos((2 * Math.PI * hertz * n) / 16000);
    im += hann * sample * Math.sin((2 * Math.PI * hertz * n) / 16000);
    weight += hann;
  });
  return 20 * Math.log10((2 * Math.hypot(re, im)) / weight);
}

function strongest(samples) {
  const best = (candidates) =>
    candidates
      .map((hertz) => ({ hertz, level: levelAt(samples, hertz) }))
      .reduce((most, next) => (next.level > most.level ? next : most)).hertz;
  const near = best(Array.from({ length: 400 }, (_, n) => 20 * n));
  return best(Array.from({ length: 41 }, (_, n) => near - 20 + n));
}

for (const rate of RATES) {
  test(`440 Hz at ${rate} stays 440 Hz at full level`, () => {
    const out = resample(tone(440, rate, 0.25), rate).subarray(400, 3600);
    assert.equal(strongest(out), 440);
    assert.ok(Math.abs(levelAt(out, 440)) < 0.1);
  });
}

for (const rate of [44100, 48000, 96000]) {
  test(`a 10 kHz tone at ${rate} leaves no alias above -80 dBFS`, () => {
    const out = resample(tone(10000, rate, 1), rate).subarray(800, 15200);
    const peak = out.reduce((most, sample) => Math.max(most, Math.abs(sample)), 0);
    assert.ok(20 * Math.log10(peak) <= -80, `${20 * Math.log10(peak)} dBFS`);
  });
}

test("the cutting of the input changes nothing", () => {
  for (const rate of RATES) {
    const samples = tone(311, rate, 0.05, 0.7);
    const whole = resample(samples, rate);
    let seed = rate;
    const ragged = () => {
      seed = (seed * 1103515245 + 12345) % 2147483648;
      return 1 + (seed % 700);
    };
    assert.deepEqual(resample(samples, rate, () => 128), whole);
    assert.deepEqual(resample(samples, rate, () => 1), whole);
    assert.deepEqual(resample(samples, rate, ragged), whole);
  }
});

test("no sample is lost or invented", () => {
  for (const rate of RATES) {
    for (const length of [1, 127, 128, 1000, rate, rate + 1]) {
      const count = resample(new Float32Array(length), rate).length;
      assert.equal(count, Math.ceil((length * 16000) / rate), `${length} at ${rate}`);
    }
  }
});

test("output 0 lies on input 0", () => {
  const impulse = new Float32Array(4800);
  impulse[1200] = 1;
  const out = resample(impulse, 48000);
  const peak = out.reduce((best, sample, n) => (sample > (out[best] ?? 0) ? n : best), 0);
  assert.equal(peak, 400);
});

test("reset forgets the past", () => {
  const resampler = new Resampler(44100, 16000);
  resampler.push(tone(440, 44100, 0.1));
  resampler.reset();
  const fresh = new Resampler(44100, 16000);
  const samples = tone(700, 44100, 0.1);
  assert.deepEqual(resampler.push(samples), fresh.push(samples));
});
