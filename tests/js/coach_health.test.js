import assert from "node:assert/strict";
import { describe, test } from "node:test";

import { ContextHealth } from "../../static/js/coach/context_health.js";

describe("an audio context", () => {
  test("that runs is fine for as long as its clock moves", () => {
    const health = new ContextHealth();
    for (let now = 0; now < 10_000; now += 500) assert.equal(health.check("running", now / 1000, now), "fine");
  });

  test("that says it runs and stands still for a second is built anew", () => {
    const health = new ContextHealth();
    assert.equal(health.check("running", 5, 0), "fine");
    assert.equal(health.check("running", 5, 500), "fine");
    assert.equal(health.check("running", 5, 1000), "rebuild");
  });

  test("that was not looked at for a while is given its second", () => {
    const health = new ContextHealth();
    health.check("running", 5, 0);
    assert.equal(health.check("running", 9, 60_000), "fine");
    assert.equal(health.check("running", 9, 60_500), "fine");
  });

  test("that is interrupted is waited for, and never resumed", () => {
    const health = new ContextHealth();
    for (let now = 0; now < 60_000; now += 500) assert.equal(health.check("interrupted", 5, now), "wait");
    assert.equal(ContextHealth.mayResume("interrupted"), false);
  });

  test("that is suspended asks for a gesture, and only then is resumed", () => {
    const health = new ContextHealth();
    assert.equal(health.check("suspended", 5, 0), "ask");
    assert.equal(health.check("suspended", 5, 9000), "ask");
    assert.equal(ContextHealth.mayResume("suspended"), true);
    health.resumed(9000);
    assert.equal(health.check("suspended", 5, 9500), "ask");
    assert.equal(health.check("running", 5.1, 9600), "fine");
    assert.equal(health.check("suspended", 5.1, 20_000), "ask");
  });

  test("that a gesture could not wake within a second is built anew", () => {
    const health = new ContextHealth();
    health.resumed(0);
    assert.equal(health.check("suspended", 5, 1000), "rebuild");
  });

  test("that was closed by somebody else is built anew", () => {
    assert.equal(new ContextHealth().check("closed", 5, 0), "rebuild");
  });
});
