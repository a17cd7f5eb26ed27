/** The machine that the extension runs on: files, PATH and programs. */

import { execFile } from "node:child_process";
import { constants } from "node:fs";
import { access, readdir, stat } from "node:fs/promises";
import path from "node:path";

import type { Ran } from "./discovery";

export interface RunOptions {
  /** Where the program runs: a folder of the extension's, never the workspace. */
  readonly cwd: string;
  readonly timeoutMs: number;
  readonly signal?: AbortSignal;
}

const MOST_OUTPUT = 4 << 20;

/** Run a program without a shell. Never throws. */
export function run(command: string, args: readonly string[], options: RunOptions): Promise<Ran> {
  const { cwd, timeoutMs: timeout, signal } = options;
  return new Promise((resolve) => {
    try {
      execFile(
        command,
        [...args],
        { cwd, timeout, maxBuffer: MOST_OUTPUT, windowsHide: true, ...(signal ? { signal } : {}) },
        (error, stdout, stderr) => {
          const code = error === null ? 0 : typeof error.code === "number" ? error.code : -1;
          resolve({ code, stdout, stderr });
        },
      );
    } catch (error) {
      resolve({ code: -1, stdout: "", stderr: String(error) });
    }
  });
}

export async function isFile(file: string): Promise<boolean> {
  try {
    return (await stat(file)).isFile();
  } catch {
    return false;
  }
}

/** The absolute paths of a command on PATH, in its order. Relative entries are left out: they would lead into a workspace. */
export async function onPath(name: string, environment: NodeJS.ProcessEnv = process.env): Promise<string[]> {
  const isWindows = process.platform === "win32";
  const found: string[] = [];
  for (const folder of (environment["PATH"] ?? environment["Path"] ?? "").split(path.delimiter)) {
    const file = path.join(folder, isWindows ? `${name}.exe` : name);
    if (path.isAbsolute(folder) && !found.includes(file) && (await isExecutable(file))) {
      found.push(file);
    }
  }
  return found;
}

/** The wheel in a folder; "" where there is none. */
export async function wheelIn(folder: string): Promise<string> {
  try {
    const wheel = (await readdir(folder)).find((name) => name.endsWith(".whl"));
    return wheel ? path.join(folder, wheel) : "";
  } catch {
    return "";
  }
}

/** The version in the name of a wheel. */
export function versionOf(wheel: string): string {
  return /^glossator-([^-]+)-/.exec(path.basename(wheel))?.[1] ?? "";
}

async function isExecutable(file: string): Promise<boolean> {
  try {
    await access(file, constants.X_OK);
    return await isFile(file);
  } catch {
    return false;
  }
}
