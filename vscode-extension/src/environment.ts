/** The private environment: made in the extension's storage folder, when somebody asks for it, from the wheel that came along. */

import { pythonOf, type Ran } from "./discovery";

/** What making an environment may do. */
export interface Workshop {
  readonly isWindows: boolean;
  /** The folder to make. */
  readonly environment: string;
  /** The wheel that came with the extension; "" where there is none. */
  readonly wheel: string;
  onPath(name: string): Promise<readonly string[]>;
  /** Run a program to its end, or until the user cancels. */
  run(command: string, args: readonly string[]): Promise<Ran>;
  remove(folder: string): Promise<void>;
  /** Tell what is done now. */
  tell(step: string): void;
  readonly isCancelled: () => boolean;
}

export const NO_WHEEL =
  "This build of the extension has no server in it. Install Glossator yourself, and name it in the setting glossator.path.";
export const NO_PYTHON = "Neither Python 3.11 or later nor uv was found on PATH. Install either, and try again.";
export const CANCELLED = "cancelled";

const NAMES = ["python3", "python", "python3.14", "python3.13", "python3.12", "python3.11"];
const RECENT = "import sys; sys.exit(sys.version_info < (3, 11))";

/** Make the environment; "" where it is ready, else why it is not. What was begun is removed. */
export async function makeEnvironment(shop: Workshop): Promise<string> {
  if (!shop.wheel) {
    return NO_WHEEL;
  }
  const [uv] = await shop.onPath("uv");
  const python = await recentPython(shop);
  if (!uv && !python) {
    return NO_PYTHON;
  }
  let reason = "";
  for (const way of [python && venv(shop, python), uv && withUv(shop, uv)]) {
    if (!way) {
      continue;
    }
    reason = await steps(shop, way);
    if (!reason) {
      return "";
    }
    await shop.remove(shop.environment);
    if (shop.isCancelled()) {
      return CANCELLED;
    }
  }
  return reason;
}

interface Step {
  readonly title: string;
  readonly command: string;
  readonly args: readonly string[];
}

function venv(shop: Workshop, python: string): readonly Step[] {
  const inner = pythonOf(shop.environment, shop.isWindows);
  return [
    { title: "Making the environment", command: python, args: ["-m", "venv", "--clear", shop.environment] },
    { title: "Installing Glossator", command: inner, args: ["-m", "pip", "install", "--disable-pip-version-check", shop.wheel] },
  ];
}

function withUv(shop: Workshop, uv: string): readonly Step[] {
  const inner = pythonOf(shop.environment, shop.isWindows);
  return [
    { title: "Making the environment with uv", command: uv, args: ["venv", "--clear", "--python", ">=3.11", shop.environment] },
    { title: "Installing Glossator with uv", command: uv, args: ["pip", "install", "--python", inner, shop.wheel] },
  ];
}

async function steps(shop: Workshop, way: readonly Step[]): Promise<string> {
  for (const step of way) {
    shop.tell(step.title);
    const ran = await shop.run(step.command, step.args);
    if (shop.isCancelled()) {
      return CANCELLED;
    }
    if (ran.code !== 0) {
      const last = `${ran.stdout}\n${ran.stderr}`.trim().split("\n").pop() ?? "";
      return `${step.title}: ${last.slice(0, 300) || "it failed"}`;
    }
  }
  return "";
}

async function recentPython(shop: Workshop): Promise<string> {
  for (const name of NAMES) {
    for (const path of await shop.onPath(name)) {
      if ((await shop.run(path, ["-c", RECENT])).code === 0) {
        return path;
      }
    }
  }
  return "";
}
