import assert from "node:assert/strict";
import { test } from "node:test";

import { discover, isInside, PLACES, told, type Ran, type World } from "../src/discovery";

const FINE: Ran = { code: 0, stdout: "glossator 1.2.3\n", stderr: "" };
const WITHOUT: Ran = { code: 1, stdout: "", stderr: "ModuleNotFoundError: No module named 'glossator'" };
const OLD: Ran = { code: 2, stdout: "", stderr: "Unknown option: -P" };

interface Made {
  readonly world: World;
  readonly ran: string[];
}

/** A machine on which these programs are, each with what it says when it is run. */
function machine(programs: Record<string, Ran>, part: Partial<World> & { python?: string; path?: string[] } = {}): Made {
  const ran: string[] = [];
  const { python = "", path = [], ...rest } = part;
  const world: World = {
    isWindows: false,
    isTrusted: true,
    setting: "",
    folders: ["/home/me/shop"],
    environment: "/storage/env",
    bundled: "1.2.3",
    chosenPython: async () => python,
    isFile: async (file) => file in programs,
    onPath: async () => path,
    run: async (command) => {
      ran.push(command);
      return programs[command] ?? { code: -1, stdout: "", stderr: "" };
    },
    ...rest,
  };
  return { world, ran };
}

test("the setting goes before everything", async () => {
  const { world, ran } = machine({ "/opt/glossator": FINE, "/py": FINE }, { setting: "/opt/glossator", python: "/py" });
  const { server } = await discover(world);
  assert.deepEqual(server, { command: "/opt/glossator", args: ["server"], place: `${PLACES.setting} (/opt/glossator)`, version: "1.2.3" });
  assert.deepEqual(ran, ["/opt/glossator"]);
});

test("a setting may name an interpreter", async () => {
  const { world } = machine({ "/opt/bin/python3.12": FINE }, { setting: "/opt/bin/python3.12" });
  assert.deepEqual((await discover(world)).server?.args, ["-P", "-m", "glossator", "server"]);
});

test("a setting that does not work is not passed over", async () => {
  for (const [setting, reason] of [["/opt/none", /no such file/], ["bin/glossator", /no absolute path/], ["/opt/other", /no Glossator/]] as const) {
    const { world } = machine({ "/opt/other": { code: 0, stdout: "other 1", stderr: "" }, "/py": FINE }, { setting, python: "/py" });
    const choice = await discover(world);
    assert.equal(choice.server, undefined);
    assert.match(choice.tried[0]?.reason ?? "", reason);
  }
});

test("the order is the Python extension, .venv, PATH, our own", async () => {
  const programs: Record<string, Ran> = { "/py": FINE, "/home/me/shop/.venv/bin/python": FINE, "/usr/bin/glossator": FINE, "/storage/env/bin/python": FINE };
  const seen: (string | undefined)[] = [];
  for (const one of Object.keys(programs)) {
    const { world } = machine(programs, { python: "/py", path: ["/usr/bin/glossator"] });
    seen.push((await discover(world)).server?.command);
    programs[one] = { code: 1, stdout: "", stderr: "" };
  }
  assert.deepEqual(seen, ["/py", "/home/me/shop/.venv/bin/python", "/usr/bin/glossator", "/storage/env/bin/python"]);
});

test("what was passed over is said, with the reason", async () => {
  const { world } = machine({ "/py": OLD, "/home/me/shop/.venv/bin/python": WITHOUT }, { python: "/py" });
  const text = told(await discover(world));
  assert.match(text, /^No Glossator server was found\.$/m);
  assert.match(text, /the Python extension's environment \(\/py\): it is older than Python 3\.11/);
  assert.match(text, /\.venv\/bin\/python\): Glossator is not installed there/);
  assert.match(text, /PATH: it has no command glossator/);
  assert.match(text, /our|own environment: it was not made yet/);
  assert.match(text, /Any of these will do/);
});

test("nothing of an untrusted workspace is run", async () => {
  const venv = "/home/me/shop/.venv/bin/python";
  const { world, ran } = machine({ [venv]: FINE, "/home/me/shop/bin/glossator": FINE }, { isTrusted: false, python: venv, path: ["/home/me/shop/bin/glossator"] });
  const choice = await discover(world);
  assert.equal(choice.server, undefined);
  assert.deepEqual(ran, []);
  assert.ok(choice.tried.some((one) => /not trusted/.test(one.reason)));
});

test("an environment of another version than ours is to be made anew", async () => {
  const { world } = machine({ "/storage/env/bin/python": FINE }, { bundled: "2.0.0" });
  const choice = await discover(world);
  assert.equal(choice.server, undefined);
  assert.match(choice.tried.at(-1)?.reason ?? "", /version 1\.2\.3, and the extension's is 2\.0\.0/);
});

test("paths are compared by their parts", () => {
  assert.ok(isInside("/home/me/shop/a", ["/home/me/shop"], false));
  assert.ok(isInside("/elsewhere/../home/me/shop/a", ["/home/me/shop/"], false));
  assert.ok(!isInside("/home/me/shopping/a", ["/home/me/shop"], false));
  assert.ok(isInside("C:\\Work\\shop\\a", ["c:\\work\\Shop"], true));
});

test("on Windows the interpreter is in Scripts", async () => {
  const python = "C:\\shop\\.venv\\Scripts\\python.exe";
  const { world } = machine({ [python]: FINE }, { isWindows: true, folders: ["C:\\shop"] });
  assert.equal((await discover(world)).server?.command, python);
});
