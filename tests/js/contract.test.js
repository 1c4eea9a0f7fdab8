import assert from "node:assert/strict";
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { test } from "node:test";

import { clientMessage, ContractError, parse, serverMessage } from "../../static/js/live/contract.js";
import { initialState } from "../../static/js/live/model.js";
import { reduce } from "../../static/js/live/state.js";

const EXAMPLES = new URL("../contract/", import.meta.url);
const examples = existsSync(EXAMPLES)
  ? readdirSync(EXAMPLES)
      .filter((name) => name.endsWith(".json"))
      .map((name) => [name, JSON.parse(readFileSync(new URL(name, EXAMPLES), "utf8"))])
  : [];

for (const [name, example] of examples) {
  test(`${name} is a message this page knows`, () => {
    const fromServer = serverMessage(example);
    assert.ok(fromServer || clientMessage(example), `no type ${example.type}`);
    if (fromServer) assert.ok(reduce(initialState(), fromServer));
  });
}

test("what is unknown is ignored, so that the server may be newer", () => {
  assert.equal(parse('{"type":"applause","level":3}'), null);
  assert.equal(parse('{"type":"toString"}'), null);
  assert.deepEqual(parse('{"type":"elapsed_time","seconds":3,"extra":1}'), {
    type: "elapsed_time",
    seconds: 3,
    extra: 1,
  });
});

for (const frame of [
  "{",
  "null",
  "[]",
  "3",
  '{"seconds":1}',
  '{"type":"elapsed_time","seconds":"3"}',
  '{"type":"elapsed_time"}',
  '{"type":"state_change","state":"thinking"}',
  '{"type":"transcript_update","segments":[{"text":1}],"replaceFromIndex":0}',
]) {
  test(`${frame} is not a message`, () => {
    assert.throws(() => parse(frame), ContractError);
  });
}
