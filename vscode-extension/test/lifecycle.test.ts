import assert from "node:assert/strict";
import { test } from "node:test";

import type { Choice, World } from "../src/discovery";
import { Lifecycle } from "../src/lifecycle";
import { BackOff, Coalesced, type Timers } from "../src/restart";
import type { State } from "../src/status";

/** A clock that is moved by hand. */
class Clock implements Timers {
  private time = 0;
  private waiting: { at: number; action: () => void }[] = [];

  now(): number {
    return this.time;
  }

  after(ms: number, action: () => void): () => void {
    const one = { at: this.time + ms, action };
    this.waiting.push(one);
    return () => void (this.waiting = this.waiting.filter((other) => other !== one));
  }

  async pass(ms: number): Promise<void> {
    this.time += ms;
    const due = this.waiting.filter((one) => one.at <= this.time);
    this.waiting = this.waiting.filter((one) => one.at > this.time);
    due.forEach((one) => one.action());
    await settled();
  }
}

async function settled(): Promise<void> {
  await new Promise((resolve) => setImmediate(resolve));
}

const WORLD: World = {
  isWindows: false,
  isTrusted: true,
  setting: "/opt/glossator",
  folders: [],
  environment: "/env",
  bundled: "",
  chosenPython: async () => "",
  isFile: async () => true,
  onPath: async () => [],
  run: async () => ({ code: 0, stdout: "glossator 1.0.0", stderr: "" }),
};

function stage(world: World = WORLD) {
  const clock = new Clock();
  const seen = { starts: 0, stops: 0, missing: [] as Choice[], gaveUp: 0, state: {} as State, close: () => undefined as void };
  const lifecycle = new Lifecycle(
    {
      world: () => world,
      launch: async (_found, closed) => {
        seen.starts += 1;
        seen.close = closed;
        return { request: async <T>() => null as T, notify: async () => undefined, stop: async () => void (seen.stops += 1) };
      },
      log: () => undefined,
      changed: (state) => void (seen.state = state),
      missing: (choice) => void seen.missing.push(choice),
      gaveUp: () => void (seen.gaveUp += 1),
    },
    clock,
  );
  return { clock, seen, lifecycle };
}

test("changes that come together make one start", async () => {
  const { clock, seen, lifecycle } = stage();
  await lifecycle.start();
  lifecycle.changed();
  lifecycle.changed();
  await clock.pass(100);
  lifecycle.changed();
  await clock.pass(200);
  assert.equal(seen.starts, 1);
  await clock.pass(100);
  assert.equal(seen.starts, 2);
  assert.equal(seen.stops, 1);
  assert.equal(seen.state.phase, "running");
});

test("a crash is waited out longer each time, and the sixth is the last", async () => {
  const { clock, seen, lifecycle } = stage();
  await lifecycle.start();
  for (const wait of [500, 1000, 2000, 4000, 8000]) {
    const { starts } = seen;
    seen.close();
    await clock.pass(wait - 1);
    assert.equal(seen.starts, starts);
    await clock.pass(1);
    assert.equal(seen.starts, starts + 1);
  }
  seen.close();
  await clock.pass(60_000);
  assert.equal(seen.starts, 6);
  assert.equal(seen.gaveUp, 1);
  assert.equal(seen.state.phase, "crashed");
  await lifecycle.restart();
  assert.equal(seen.state.phase, "running");
});

test("a server that is stopped has not crashed, and one crash counts once", async () => {
  const { clock, seen, lifecycle } = stage();
  await lifecycle.start();
  const { close } = seen;
  close();
  close();
  await clock.pass(500);
  assert.equal(seen.starts, 2);
  await lifecycle.stop();
  seen.close();
  await clock.pass(60_000);
  assert.equal(seen.starts, 2);
});

test("where there is no server, nothing is started, and why is told", async () => {
  const { seen, lifecycle } = stage({ ...WORLD, isFile: async () => false });
  await lifecycle.start();
  assert.equal(seen.starts, 0);
  assert.equal(seen.missing.length, 1);
  assert.equal(seen.state.phase, "missing");
  assert.throws(() => lifecycle.server, /there is no server/);
  assert.match(lifecycle.explanation, /no such file/);
});

test("crashes that lie far apart are forgotten", async () => {
  const clock = new Clock();
  const backOff = new BackOff(clock);
  for (let crash = 0; crash < 20; crash += 1) {
    assert.equal(backOff.crashed(), 500);
    await clock.pass(180_000);
  }
});

test("what is asked for while it runs makes one more run", async () => {
  let runs = 0;
  let release: () => void = () => undefined;
  const once = new Coalesced(async () => {
    runs += 1;
    await new Promise<void>((resolve) => (release = resolve));
  }, new Clock());
  const first = once.run();
  const others = [once.run(), once.run()];
  release();
  await settled();
  assert.equal(runs, 2);
  release();
  await Promise.all([first, ...others]);
  assert.equal(runs, 2);
});
