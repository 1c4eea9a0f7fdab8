/** A file goes up in pieces, whatever happens on the way. */

import assert from "node:assert/strict";
import { test } from "node:test";

import { Refused, sendFile } from "../../static/js/uploads/sender.js";

const FILE = new Blob(["0123456789"]);

/**
 * A server that answers each piece as told, and otherwise takes it.
 * @param {((at: number) => Response | Error | undefined)[]} answers
 */
function server(answers = []) {
  const got = /** @type {string[]} */ ([]);
  const waits = /** @type {number[]} */ ([]);
  return {
    got,
    waits,
    fetch: /** @type {typeof fetch} */ (
      async (url, init) => {
        const at = Number(new URL(String(url), "http://x").searchParams.get("at"));
        const piece = await /** @type {Blob} */ (init?.body).text();
        const answer = answers.shift()?.(at);
        if (answer instanceof Error) throw answer;
        if (answer) return answer;
        got.push(`${at}:${piece}`);
        return Response.json({ received: at + piece.length });
      }
    ),
    wait: async (/** @type {number} */ ms) => void waits.push(ms),
    random: () => 0.5,
    token: () => "token",
  };
}

const WHERE = { url: "/piece/", pieceBytes: 4, from: 0 };

test("pieces follow one another to the end, and progress is told", async () => {
  const means = server();
  const told = /** @type {number[]} */ ([]);
  await sendFile(FILE, WHERE, (at) => told.push(at), means);
  assert.deepEqual(means.got, ["0:0123", "4:4567", "8:89"]);
  assert.deepEqual(told, [4, 8, 10]);
});

test("it goes on where it stopped", async () => {
  const means = server();
  await sendFile(FILE, { ...WHERE, from: 8 }, () => {}, means);
  assert.deepEqual(means.got, ["8:89"]);
});

test("what the network or a proxy loses is sent again, later", async () => {
  const lost = [() => new Error("offline"), () => new Response("", { status: 502 })];
  const means = server(lost);
  await sendFile(FILE, WHERE, () => {}, means);
  assert.equal(means.got[0], "0:0123");
  assert.equal(means.waits.length, 2);
});

test("where the server has less, it begins there again", async () => {
  const means = server([() => undefined, () => Response.json({ received: 0 })]);
  await sendFile(FILE, WHERE, () => {}, means);
  assert.deepEqual(means.got, ["0:0123", "0:0123", "4:4567", "8:89"]);
});

test("a refusal is told in the server's words, and nothing more is sent", async () => {
  const refusal = () => Response.json({ message: "The file is protected." }, { status: 400 });
  const means = server([refusal]);
  await assert.rejects(sendFile(FILE, WHERE, () => {}, means), (error) => {
    return error instanceof Refused && error.message === "The file is protected.";
  });
  assert.deepEqual(means.got, []);
});

test("a page in place of an answer is told with its number", async () => {
  const means = server([() => new Response("<h1>Too large</h1>", { status: 413 })]);
  await assert.rejects(sendFile(FILE, WHERE, () => {}, means), /413/);
});

test("a server that stays away is given up", async () => {
  const means = server(Array.from({ length: 20 }, () => () => new Error("offline")));
  await assert.rejects(sendFile(FILE, WHERE, () => {}, means), /cannot be reached/);
  assert.equal(means.waits.length, 7);
});
