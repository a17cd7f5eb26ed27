import assert from "node:assert/strict";
import { test } from "node:test";

import type { Ran } from "../src/discovery";
import { CANCELLED, makeEnvironment, NO_PYTHON, NO_WHEEL, type Workshop } from "../src/environment";

const DONE: Ran = { code: 0, stdout: "", stderr: "" };
const FAILED: Ran = { code: 1, stdout: "", stderr: "first\nensurepip is not available" };

function shop(answer: (line: string) => Ran, part: Partial<Workshop> = {}): { shop: Workshop; lines: string[]; removed: string[] } {
  const lines: string[] = [];
  const removed: string[] = [];
  return {
    lines,
    removed,
    shop: {
      isWindows: false,
      environment: "/storage/env",
      wheel: "/extension/server/glossator-1.2.3-py3-none-any.whl",
      onPath: async (name) => (name === "python3" ? ["/usr/bin/python3"] : []),
      run: async (command, args) => {
        lines.push([command, ...args].join(" "));
        return answer(lines.at(-1) ?? "");
      },
      remove: async (folder) => void removed.push(folder),
      tell: () => undefined,
      isCancelled: () => false,
      ...part,
    },
  };
}

test("an environment is made with the wheel that came along", async () => {
  const made = shop(() => DONE);
  assert.equal(await makeEnvironment(made.shop), "");
  assert.deepEqual(made.lines.slice(1), [
    "/usr/bin/python3 -m venv --clear /storage/env",
    "/storage/env/bin/python -m pip install --disable-pip-version-check /extension/server/glossator-1.2.3-py3-none-any.whl",
  ]);
});

test("uv does it where Python's own way fails", async () => {
  const onPath = async (name: string): Promise<string[]> => (name === "uv" || name === "python3" ? [`/bin/${name}`] : []);
  const made = shop((line) => (line.includes("-m venv") ? FAILED : DONE), { onPath });
  assert.equal(await makeEnvironment(made.shop), "");
  assert.match(made.lines.at(-1) ?? "", /^\/bin\/uv pip install --python \/storage\/env\/bin\/python/);
});

test("what fails is said, and what was begun is removed", async () => {
  const made = shop((line) => (line.includes("-m venv") ? FAILED : DONE));
  assert.equal(await makeEnvironment(made.shop), "Making the environment: ensurepip is not available");
  assert.deepEqual(made.removed, ["/storage/env"]);
});

test("without a wheel, and without a recent Python, nothing is begun", async () => {
  assert.equal(await makeEnvironment(shop(() => DONE, { wheel: "" }).shop), NO_WHEEL);
  const made = shop(() => FAILED);
  assert.equal(await makeEnvironment(made.shop), NO_PYTHON);
  assert.deepEqual(made.removed, []);
});

test("cancelling removes what was begun", async () => {
  let isCancelled = false;
  const made = shop(
    (line) => {
      isCancelled = line.includes("pip install");
      return DONE;
    },
    { isCancelled: () => isCancelled },
  );
  assert.equal(await makeEnvironment(made.shop), CANCELLED);
  assert.deepEqual(made.removed, ["/storage/env"]);
});
