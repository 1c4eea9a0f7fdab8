/** A page's way to a server of bars: with delays, losses, refusals, and a clock of its own. */

import { BarStore } from "../../static/js/charts/bar_store.js";
import { HistoryError, MetricsStream } from "../../static/js/charts/metrics_stream.js";
import { MetricsServer, chance } from "./metrics_server.js";

const turn = () => new Promise((resolve) => setImmediate(resolve));

class FakeSource {
  readyState = 0;
  #listeners = new Map();

  constructor(world, since) {
    this.world = world;
    this.since = since;
    world.sources.push(this);
    this.request();
  }

  addEventListener(type, listener) {
    this.#listeners.set(type, listener);
  }

  close() {
    this.readyState = 2;
  }

  /** As a browser asks: with what it heard last, if this object heard anything. */
  request() {
    this.world.later(this.world.delay(), () => {
      if (this.readyState === 2) return;
      const { world } = this;
      if (world.isCut) return this.lose();
      const status = world.statusNow();
      if (status !== 200) return this.refuse();
      const replay = world.server.replay(this.heard ?? this.since);
      this.readyState = 1;
      this.fire("open", {});
      if (replay === null) this.say("reset", {});
      else for (const event of replay) this.bar(event);
    });
  }

  /** The connection is gone: the browser asks again by itself. */
  lose() {
    if (this.readyState === 2) return;
    this.readyState = 0;
    this.fire("error", {});
    if (this.readyState === 0) this.world.later(2000, () => this.readyState === 0 && this.request());
  }

  /** Any answer but 200: the browser never asks again. */
  refuse() {
    this.readyState = 2;
    this.fire("error", {});
  }

  bar({ epoch, eid, bar }, kind = "bar") {
    this.heard = { epoch, eid };
    this.say(kind, bar, `${epoch}-${eid}`);
  }

  say(type, data, lastEventId = "") {
    if (this.readyState === 1) this.fire(type, { data: JSON.stringify(data), lastEventId });
  }

  fire(type, event) {
    this.#listeners.get(type)?.(event);
  }
}

export class World {
  now = 0;
  isCut = false;
  /** The answer to everything; null lets the server answer. */
  refusal = null;
  sources = [];
  log = [];
  asked = [];
  probes = 0;
  #timers = [];
  #handles = 0;

  constructor(seed = 1, { delay = 20 } = {}) {
    this.chance = chance(seed);
    this.mostDelay = delay;
    this.server = new MetricsServer();
    this.store = new BarStore();
    this.stream = new MetricsStream(
      this.store,
      {
        open: (since) => new FakeSource(this, since),
        status: (since) => this.#answer(() => this.#probe(since)),
        history: (since) => this.#answer(() => this.#history(since)),
        followPage: (page) => {
          this.page = page;
          return () => (this.page = null);
        },
        random: () => this.chance.random(),
        now: () => this.now,
        setTimeout: (callback, milliseconds) => this.later(milliseconds, callback),
        clearTimeout: (handle) => {
          this.#timers = this.#timers.filter((timer) => timer.handle !== handle);
        },
      },
      { changed: () => this.log.push("changed"), status: (status) => this.log.push(status) },
    );
  }

  get source() {
    return this.sources.at(-1);
  }

  get open() {
    return this.sources.filter(({ readyState }) => readyState !== 2);
  }

  get statuses() {
    return this.log.filter((line) => line !== "changed");
  }

  delay() {
    return 1 + this.chance.below(this.mostDelay);
  }

  statusNow() {
    return this.refusal ?? (this.server.ended ? 204 : 200);
  }

  #probe() {
    this.probes += 1;
    return this.statusNow();
  }

  #history(since) {
    this.asked.push(since);
    if (this.refusal) throw new HistoryError(this.refusal);
    return this.server.history(since);
  }

  /** The server answers when the request arrives; the answer takes its time back. */
  #answer(answer) {
    return new Promise((resolve, reject) => {
      this.later(this.delay(), () => {
        if (this.isCut) return reject(new TypeError("failed to fetch"));
        try {
          const value = answer();
          this.later(this.delay(), () => (this.isCut ? reject(new TypeError("reset")) : resolve(value)));
        } catch (error) {
          reject(error);
        }
      });
    });
  }

  later(milliseconds, callback) {
    this.#handles += 1;
    this.#timers.push({ at: this.now + milliseconds, callback, handle: this.#handles });
    return this.#handles;
  }

  get timers() {
    return this.#timers.length;
  }

  /** Let this long pass. */
  async pass(milliseconds) {
    const until = this.now + milliseconds;
    await turn();
    for (;;) {
      const next = this.#timers
        .filter(({ at }) => at <= until)
        .sort((one, other) => one.at - other.at || one.handle - other.handle)[0];
      if (!next) break;
      this.#timers = this.#timers.filter((timer) => timer !== next);
      this.now = next.at;
      next.callback();
      await turn();
    }
    this.now = until;
  }

  /** A bar changes, and every open stream is told; `times` 0 loses it, 2 doubles it. */
  change(seq, { rev, kind = "bar" } = {}) {
    const event = this.server.change(seq, rev);
    for (const source of this.open) source.bar(event, kind);
    return event;
  }

  cut() {
    this.isCut = true;
    for (const source of this.open) source.lose();
  }

  restart() {
    this.server.restart();
    for (const source of this.open) source.lose();
  }

  end() {
    this.server.ended = true;
    for (const source of this.open) source.say("end", {});
  }
}
