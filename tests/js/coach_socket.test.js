import assert from "node:assert/strict";
import { describe, test } from "node:test";

import { CoachSocket } from "../../static/js/coach/socket.js";
import { TicketError } from "../../static/js/live/socket.js";

const turn = () => new Promise((resolve) => setImmediate(resolve));
const state = (fields = {}) => ({
  type: "coach.state",
  sessionId: "one",
  state: "listening",
  resumed: false,
  retryAt: null,
  ...fields,
});

/** The page's surroundings, on a clock that the test moves. */
class World {
  now = 0;
  online = true;
  log = [];
  sockets = [];
  tickets = 0;
  refuse = null;
  #timers = new Map();
  #next = 1;

  constructor(random = () => 0.5) {
    const world = this;
    class FakeSocket {
      readyState = 0;
      bufferedAmount = 0;
      sent = [];

      constructor(url, protocols) {
        Object.assign(this, { url, protocols });
        world.sockets.push(this);
      }

      send(text) {
        this.sent.push(JSON.parse(text));
      }

      close(code) {
        this.closedWith = code;
      }

      say(event) {
        this.readyState = 1;
        this.onmessage({ data: JSON.stringify(event) });
      }

      die(code) {
        this.readyState = 3;
        this.onclose({ code });
      }
    }
    const note = (name) => (value) => void this.log.push(value === undefined ? name : `${name} ${value}`);
    this.socket = new CoachSocket(
      {
        ticket: async () => {
          this.tickets += 1;
          if (this.refuse) throw this.refuse;
          return `ticket${this.tickets}`;
        },
        address: (sessionId) => `ws://here/${sessionId ?? ""}`,
        WebSocket: FakeSocket,
        random,
        isOnline: () => this.online,
        setTimeout: (callback, wait) => {
          this.#timers.set(this.#next, { callback, due: this.now + wait });
          return this.#next++;
        },
        clearTimeout: (handle) => void this.#timers.delete(handle),
      },
      {
        connecting: note("connecting"),
        message: ({ type }) => this.log.push(type),
        lost: note("lost"),
        paused: note("paused"),
        refused: note("refused"),
      },
    );
  }

  get last() {
    return this.sockets.at(-1);
  }

  get waiting() {
    return [...this.#timers.values()].map(({ due }) => due - this.now);
  }

  async pass(milliseconds) {
    const end = this.now + milliseconds;
    for (;;) {
      const due = [...this.#timers].filter(([, timer]) => timer.due <= end).sort((a, b) => a[1].due - b[1].due)[0];
      if (!due) break;
      this.#timers.delete(due[0]);
      this.now = due[1].due;
      due[1].callback();
      await turn();
    }
    this.now = end;
  }

  async connected() {
    void this.socket.connect();
    await turn();
    this.last.say(state());
  }
}

describe("connecting", () => {
  test("a fresh ticket for every attempt, and the conversation to go on with", async () => {
    const world = new World();
    await world.connected();
    assert.deepEqual(world.last.protocols, ["speechcoach.v1", "ticket.ticket1"]);
    assert.equal(world.last.url, "ws://here/");
    world.last.die(1006);
    await world.pass(world.waiting[0]);
    assert.deepEqual(world.last.protocols, ["speechcoach.v1", "ticket.ticket2"]);
    assert.equal(world.last.url, "ws://here/one");
  });

  test("asked twice at once, it connects once", async () => {
    const world = new World();
    void world.socket.connect();
    void world.socket.connect();
    await turn();
    void world.socket.connect();
    await turn();
    assert.equal(world.sockets.length, 1);
  });

  test("nothing is sent before the server has spoken", async () => {
    const world = new World();
    void world.socket.connect();
    await turn();
    world.last.readyState = 1;
    assert.equal(world.socket.send({ type: "coach.ack" }), false);
    world.last.say(state());
    assert.equal(world.socket.send({ type: "coach.ack" }), true);
  });

  test("a late event of an older socket changes nothing", async () => {
    const world = new World();
    await world.connected();
    const old = world.last;
    old.die(1006);
    await world.pass(world.waiting[0]);
    world.last.say(state());
    const before = world.log.length;
    old.onclose({ code: 1006 });
    old.onmessage({ data: JSON.stringify(state()) });
    assert.equal(world.log.length, before);
  });

  test("a server that never speaks is given up after 20 s", async () => {
    const world = new World();
    void world.socket.connect();
    await turn();
    await world.pass(20_000);
    assert.deepEqual(world.log, ["connecting", "lost"]);
  });
});

describe("coming back", () => {
  test("waits are full jitter: up to 0.5, 1, 2, 4 ... 30 s, and begin anew after 5 s alive", async () => {
    for (const share of [0, 0.5, 0.999]) {
      const world = new World(() => share);
      void world.socket.connect();
      await turn();
      const waits = [];
      for (let attempt = 0; attempt < 9; attempt += 1) {
        // Before a word was said: the network, not the server.
        world.last.die(1006);
        waits.push(world.waiting[0]);
        await world.pass(world.waiting[0]);
      }
      assert.deepEqual(waits, [0.5, 1, 2, 4, 8, 16, 30, 30, 30].map((bound) => Math.round(share * bound * 1000)));
      world.last.say(state());
      await world.pass(5000);
      world.last.die(1006);
      assert.equal(world.waiting[0], Math.round(share * 500));
    }
  });

  test("one scheduler: a close tells once, and a call takes its place", async () => {
    const world = new World();
    await world.connected();
    world.last.die(1011);
    assert.equal(world.waiting.length, 1);
    void world.socket.connect();
    await turn();
    // What waits now is that the server speaks.
    assert.deepEqual(world.waiting, [20_000]);
    assert.equal(world.sockets.length, 2);
  });

  test("offline there is nothing to try", async () => {
    const world = new World();
    await world.connected();
    world.online = false;
    world.last.die(1006);
    assert.deepEqual(world.waiting, []);
    await world.connected();
    assert.equal(world.log.at(-1), "coach.state");
  });

  test("three quick deaths pause it for two minutes; then it tries once by itself", async () => {
    const world = new World();
    void world.socket.connect();
    await turn();
    for (let death = 0; death < 3; death += 1) {
      world.last.say(state());
      world.last.die(1011);
      await world.pass(20_000 * (death < 2 ? 1 : 0));
    }
    assert.equal(world.log.at(-1), "paused 120000");
    assert.equal(world.sockets.length, 3);
    await world.pass(119_000);
    assert.equal(world.sockets.length, 3);
    await world.pass(2000);
    assert.equal(world.sockets.length, 4);
  });

  test("many interruptions in a conversation that lives are no deaths", async () => {
    const world = new World();
    await world.connected();
    for (let times = 0; times < 5; times += 1) {
      world.last.say({ type: "error", error: { type: "invalid_request_error", message: "nothing to cancel" } });
      world.last.say({ type: "response.done", response: { id: "r", status: "cancelled" } });
    }
    await world.pass(60_000);
    assert.ok(!world.log.some((line) => line.startsWith("paused")));
  });

  test("no coach to be reached pauses at once, and Retry always works", async () => {
    const world = new World();
    await world.connected();
    world.last.die(4503);
    assert.equal(world.log.at(-1), "paused 120000");
    await world.connected();
    assert.equal(world.sockets.length, 2);
    await world.pass(130_000);
    assert.equal(world.sockets.length, 2);
  });
});

describe("being refused", () => {
  const CODES = { 4403: "forbidden", 4408: "idle", 4409: "replaced", 4429: "too_many", 1008: "policy" };
  for (const [code, why] of Object.entries(CODES)) {
    test(`${code} is told as ${why}, and nothing is tried by itself`, async () => {
      const world = new World();
      await world.connected();
      world.last.die(Number(code));
      assert.equal(world.log.at(-1), `refused ${why}`);
      assert.deepEqual(world.waiting, []);
    });
  }

  test("an expired sign-in asks once for a ticket, without a word", async () => {
    const world = new World();
    await world.connected();
    world.last.die(4401);
    await turn();
    world.last.say(state({ resumed: true }));
    assert.deepEqual(world.log, ["connecting", "coach.state", "lost", "connecting", "coach.state"]);
    assert.equal(world.last.url, "ws://here/one");
  });

  test("without a sign-in it says so, and goes on when there is one", async () => {
    const world = new World();
    await world.connected();
    world.refuse = new TicketError(401);
    world.last.die(4401);
    await turn();
    assert.equal(world.log.at(-1), "refused signed_out");
    world.refuse = null;
    await world.connected();
    assert.equal(world.last.url, "ws://here/one");
  });

  test("a ticket that has expired on its way is replaced once, without a word", async () => {
    const world = new World();
    void world.socket.connect();
    await turn();
    world.last.die(4401);
    await turn();
    assert.equal(world.sockets.length, 2);
    assert.deepEqual(world.last.protocols, ["speechcoach.v1", "ticket.ticket2"]);
    world.last.say(state());
    assert.deepEqual(world.log, ["connecting", "connecting", "coach.state"]);
    assert.deepEqual(world.waiting, [5_000], "only the wait until it counts as stable");
  });

  test("a ticket that is bad from the start does not go round and round", async () => {
    const world = new World();
    void world.socket.connect();
    for (let refused = 0; refused < 2; refused += 1) {
      await turn();
      world.last.die(4401);
    }
    await turn();
    assert.equal(world.log.at(-1), "refused signed_out");
    assert.equal(world.tickets, 2);
    assert.deepEqual(world.waiting, []);
  });

  test("who is signed in again may have a ticket expire again", async () => {
    const world = new World();
    world.refuse = new TicketError(401);
    void world.socket.connect();
    await turn();
    world.refuse = null;
    void world.socket.connect();
    await turn();
    world.last.die(4401);
    await turn();
    world.last.say(state());
    assert.equal(world.log.at(-1), "coach.state");
  });
});

test("switched off, it is gone for good, and a new one begins anew", async () => {
  const world = new World();
  await world.connected();
  world.socket.close({ forget: true });
  assert.equal(world.last.closedWith, 1000);
  world.last.onclose({ code: 1000 });
  assert.deepEqual(world.waiting, []);
  await world.connected();
  assert.equal(world.last.url, "ws://here/");
});
