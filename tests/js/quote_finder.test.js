import assert from "node:assert/strict";
import { test } from "node:test";

import { findQuote } from "../../static/js/lib/quote_finder.js";

const passages = [
  { text: "Good evening, friends. We choose to go!", startTime: 0 },
  { text: "Not because it is easy — but because", startTime: 10 },
  { text: "it is hard. We choose to go.", startTime: 20 },
];
const words = (ranges) => ranges.map(({ passage, start, end }) => passages[passage].text.slice(start, end));

test("case and punctuation do not hide a quote", () => {
  assert.deepEqual(words(findQuote(passages, "good evening friends", 0)), ["Good evening, friends."]);
});

test("of two occurrences the nearest in time is taken", () => {
  assert.equal(findQuote(passages, "we choose to go", 21)[0]?.passage, 2);
  assert.equal(findQuote(passages, "we choose to go", 2)[0]?.passage, 0);
});

test("a quote may run over the end of a segment", () => {
  assert.deepEqual(words(findQuote(passages, "easy but because it is hard", 12)), [
    "easy — but because",
    "it is hard.",
  ]);
});

test("what was not said is not found", () => {
  assert.deepEqual(findQuote(passages, "good morning friends", 0), []);
  assert.deepEqual(findQuote(passages, "…", 0), []);
  assert.deepEqual(findQuote([], "good", 0), []);
});
