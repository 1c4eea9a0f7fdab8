import assert from "node:assert/strict";
import { test } from "node:test";

import { SessionSocket, TicketError } from "../../static/js/live/socket.js";

const frame = (value) => new Int16Array(800).fill(value);
const settled = () => new Promise((resolve) => setImmediate(resolve));

class FakeWebSocket {
  static all = [];
  readyState = 0;
  bufferedAmount = 0;
  sent = [];

  constructor(url, protocols) {
    Object.assign(this, { url, protocols });
    FakeWebSocket.all.push(this);
  }

  send(data) {
    this.sent.push(data);
  }

  close() {
    this.readyState = 3;
  }

  open() {
    this.readyState = 1;
    this.onopen();
  }

  say(message) {
    this.onmessage({ data: JSON.stringify(message) });
  }

  drop(code = 1006) {
    this.readyState = 3;
    this.onclose({ code });
  }

  get audio() {
    return this.sent.filter((data) => typeof data !== "string").map((pcm) => pcm[0]);
  }
}

function rig(ticket = async () => "t") {
  FakeWebSocket.all = [];
  const timers = new Map();
  const log = [];
  const note = (name) => (value) => void log.push(value === undefined ? name : `${name} ${value}`);
  const socket = new SessionSocket(
    {
      ticket,
      address: (id) => `ws://here/ws/session${id ? `?resume=${id}` : ""}`,
      WebSocket: FakeWebSocket,
      random: () => 0.5,
      setTimeout: (callback, milliseconds) => {
        timers.set(timers.size + 1, { callback, milliseconds });
        return timers.size;
      },
      clearTimeout: (handle) => timers.get(handle) && (timers.get(handle).cancelled = true),
    },
    {
      connecting: note("connecting"),
      opened: note("opened"),
      message: ({ type }) => log.push(type),
      audio: () => log.push("audio"),
      lost: note("lost"),
      refused: note("refused"),
    },
  );
  const pending = () => [...timers.values()].filter(({ cancelled, done }) => !cancelled && !done);
  return {
    socket,
    log,
    pending,
    async connect() {
      await socket.connect();
      const made = FakeWebSocket.all.at(-1);
      made.open();
      made.say({ type: "state_change", state: "idle" });
      return made;
    },
    async fire(timer) {
      timer.done = true;
      timer.callback();
      await settled();
    },
  };
}

const INFO = {
  type: "session_info",
  sessionId: "s1",
  engines: { live: "a", final: "b", evaluation: "c", speech: "d" },
  limits: { maxSpeechSeconds: 1500 },
  resumeWindowSeconds: 120,
};

test("the ticket goes as a subprotocol, never in the address", async () => {
  const wire = await rig().connect();
  assert.deepEqual(wire.protocols, ["speechcoach.v1", "ticket.t"]);
  assert.equal(wire.url, "ws://here/ws/session");
});

test("audio is held until the server records, then sent from its first frame", async () => {
  const { socket, connect } = rig();
  const wire = await connect();
  socket.holdAudio();
  socket.sendAudio(frame(1));
  socket.sendAudio(frame(2));
  assert.deepEqual(wire.audio, []);
  socket.releaseAudio();
  socket.sendAudio(frame(3));
  assert.deepEqual(wire.audio, [1, 2, 3]);
});

test("after a resume everything the server did not receive is sent again, and nothing twice", async () => {
  const { socket, connect, pending, fire } = rig();
  const first = await connect();
  first.say(INFO);
  socket.holdAudio();
  socket.releaseAudio();
  for (const value of [1, 2, 3]) socket.sendAudio(frame(value));
  first.say({ type: "audio_ack", receivedSamples: 800 });
  first.drop();
  socket.sendAudio(frame(4));
  await fire(pending()[0]);
  const second = FakeWebSocket.all.at(-1);
  assert.equal(second.url, "ws://here/ws/session?resume=s1");
  second.open();
  socket.sendAudio(frame(5));
  assert.deepEqual(second.audio, [], "nothing jumps the queue");
  second.say({ type: "session_resumed", sessionId: "s1", receivedSamples: 1600 });
  assert.deepEqual(second.audio, [3, 4, 5]);
});

test("a slow line does not fill the browser's buffer, and Stop still comes after all audio", async () => {
  const { socket, connect } = rig();
  const wire = await connect();
  socket.holdAudio();
  socket.releaseAudio();
  wire.bufferedAmount = 1e6;
  socket.sendAudio(frame(1));
  assert.deepEqual(wire.audio, []);
  socket.flushAudio();
  assert.deepEqual(wire.audio, [1]);
});

test("one reconnect is scheduled, however many reasons there are", async () => {
  const { socket, connect, pending } = rig();
  const wire = await connect();
  wire.drop();
  assert.equal(pending().length, 1);
  await Promise.all([socket.connect(), socket.connect()]);
  assert.equal(FakeWebSocket.all.length, 2);
  const waiting = pending();
  assert.deepEqual(waiting.map(({ milliseconds }) => milliseconds), [20000], "for the handshake only");
  wire.drop();
  assert.deepEqual(pending(), waiting, "a late close of the old socket changes nothing");
});

test("the wait grows while connections do not last", async () => {
  const { connect, pending, fire } = rig();
  (await connect()).drop();
  const waits = [];
  for (let n = 0; n < 8; n += 1) {
    waits.push(pending()[0].milliseconds);
    await fire(pending()[0]);
    FakeWebSocket.all.at(-1).open();
    FakeWebSocket.all.at(-1).say({ type: "state_change", state: "idle" });
    FakeWebSocket.all.at(-1).drop();
  }
  assert.deepEqual(waits, [250, 500, 1000, 2000, 4000, 8000, 15000, 15000]);
});

for (const [code, why] of [
  [4403, "forbidden"],
  [4404, "not_found"],
  [4429, "too_many"],
  [1008, "policy"],
]) {
  test(`${code} is not tried again`, async () => {
    const { connect, log, pending } = rig();
    (await connect()).drop(code);
    assert.equal(log.at(-1), `refused ${why}`);
    assert.equal(pending().length, 0);
  });
}

test("a token that is no good is not tried again", async () => {
  const { socket, log, pending } = rig();
  await socket.connect();
  FakeWebSocket.all.at(-1).open();
  FakeWebSocket.all.at(-1).drop(4401);
  assert.equal(log.at(-1), "refused signed_out");
  assert.equal(pending().length, 0);
});

test("when the sign-in of a connection ends, the next token says whether there is another", async () => {
  const answers = [async () => "t", async () => "u"];
  const { connect, log } = rig(() => answers.shift()());
  const wire = await connect();
  wire.say(INFO);
  wire.drop(4401);
  await settled();
  const next = FakeWebSocket.all.at(-1);
  assert.notEqual(next, wire);
  assert.deepEqual(next.protocols, ["speechcoach.v1", "ticket.u"]);
  assert.equal(next.url, "ws://here/ws/session?resume=s1");
  assert.ok(log.includes("lost"));
  assert.ok(!log.some((line) => line.startsWith("refused")));
});

test("signed out for good, what is captured is kept and goes on after a new sign-in", async () => {
  let isSignedIn = true;
  const { socket, connect, log, pending } = rig(async () => {
    if (!isSignedIn) throw new TicketError(401);
    return "t";
  });
  const wire = await connect();
  wire.say(INFO);
  socket.holdAudio();
  socket.releaseAudio();
  socket.sendAudio(frame(1));
  isSignedIn = false;
  wire.drop(4401);
  await settled();
  assert.equal(log.at(-1), "refused signed_out");
  assert.equal(pending().length, 0, "nobody asks until somebody has signed in");
  socket.sendAudio(frame(2));
  isSignedIn = true;
  const again = await connect();
  assert.equal(again.url, "ws://here/ws/session?resume=s1");
  again.say({ type: "session_resumed", sessionId: "s1", receivedSamples: 0 });
  assert.deepEqual(again.audio, [1, 2]);
});

test("no token because signed out is not tried again, because of the network it is", async () => {
  const signedOut = rig(async () => {
    throw new TicketError(401);
  });
  await signedOut.socket.connect();
  assert.equal(signedOut.log.at(-1), "refused signed_out");
  const offline = rig(async () => {
    throw new TypeError("Failed to fetch");
  });
  await offline.socket.connect();
  assert.equal(offline.log.at(-1), "lost");
  assert.equal(offline.pending().length, 1);
});

test("a connection that says nothing while recording is given up", async () => {
  const { socket, connect, pending, fire, log } = rig();
  const wire = await connect();
  socket.holdAudio();
  socket.releaseAudio();
  socket.sendAudio(frame(1));
  const watchdog = pending().find(({ milliseconds }) => milliseconds === 12000);
  assert.ok(watchdog);
  await fire(watchdog);
  assert.equal(log.at(-1), "lost");
  assert.equal(wire.readyState, 3);
});

test("when nothing is recorded the server may be quiet", async () => {
  const { socket, connect, pending } = rig();
  const wire = await connect();
  socket.holdAudio();
  socket.releaseAudio();
  socket.sendAudio(frame(1));
  socket.discardAudio();
  wire.say({ type: "state_change", state: "processing" });
  assert.deepEqual(pending().filter(({ milliseconds }) => milliseconds === 12000), []);
});

test("a handshake that nobody answers is given up and tried again", async () => {
  const { socket, pending, fire, log } = rig();
  await socket.connect();
  const [patience] = pending();
  assert.equal(patience.milliseconds, 20000);
  await fire(patience);
  assert.equal(log.at(-1), "lost");
  assert.equal(FakeWebSocket.all[0].readyState, 3);
  await fire(pending()[0]);
  assert.equal(FakeWebSocket.all.length, 2);
});

test("a panic during the handshake does not end the wait for it", async () => {
  const { socket, pending } = rig();
  await socket.connect();
  socket.discardAudio();
  assert.deepEqual(pending().map(({ milliseconds }) => milliseconds), [20000]);
});

test("a server that opens and says nothing is given up", async () => {
  const { socket, pending, fire, log } = rig();
  await socket.connect();
  FakeWebSocket.all[0].open();
  await fire(pending().find(({ milliseconds }) => milliseconds === 20000));
  assert.equal(log.at(-1), "lost");
});

test("a token that does not come is given up and asked for again", async () => {
  let asked = 0;
  const never = (signal) =>
    new Promise((_, reject) => {
      asked += 1;
      signal.addEventListener("abort", () => reject(signal.reason));
    });
  const { socket, pending, fire, log } = rig(never);
  const connecting = socket.connect();
  const [patience] = pending();
  assert.equal(patience.milliseconds, 20000);
  await fire(patience);
  await connecting;
  assert.equal(log.at(-1), "lost");
  assert.equal(pending().length, 1, "one attempt is scheduled");
  void fire(pending()[0]);
  await settled();
  assert.equal(asked, 2);
});

const ANSWERED = ["start_recording", "stop_recording", "save_outputs", "replay_tts", "process_captured"];
for (const type of [...ANSWERED, "revoke_consent", "panic_mute", "playback_finished"]) {
  test(`${type} is always answered: where nothing comes, the connection is lost`, async () => {
    const { socket, connect, pending, fire, log } = rig();
    const wire = await connect();
    socket.send({ type });
    const watchdog = pending().find(({ milliseconds }) => milliseconds === 12000);
    assert.ok(watchdog);
    await fire(watchdog);
    assert.equal(log.at(-1), "lost");
    assert.equal(wire.readyState, 3);
  });
}

test("an answer to a command is a sign of life", async () => {
  const { socket, connect, pending } = rig();
  const wire = await connect();
  socket.send({ type: "playback_finished" });
  wire.say({ type: "state_change", state: "idle" });
  assert.deepEqual(pending().filter(({ milliseconds }) => milliseconds === 12000), []);
});

test("what is not always answered is not waited for", async () => {
  const { socket, connect, pending } = rig();
  await connect();
  socket.send({ type: "set_notes", notes: "n" });
  socket.send({ type: "deliver_evaluation" });
  assert.deepEqual(pending().filter(({ milliseconds }) => milliseconds === 12000), []);
});

test("a second command does not put off the end of the wait for the first", async () => {
  const { socket, connect, pending } = rig();
  await connect();
  socket.send({ type: "save_outputs" });
  const [first] = pending().filter(({ milliseconds }) => milliseconds === 12000);
  socket.send({ type: "panic_mute" });
  assert.deepEqual(pending().filter(({ milliseconds }) => milliseconds === 12000), [first]);
});
