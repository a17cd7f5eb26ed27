/** Where the server is: the places that are looked at, in order, and what to tell about each. No I/O of its own. */

/** What discovery may ask of the machine. */
export interface World {
  /** Whether paths are Windows'. */
  readonly isWindows: boolean;
  /** Whether the user trusts the workspace. Nothing that lies in another one is run. */
  readonly isTrusted: boolean;
  /** The setting `glossator.path`; "" where it is not set. */
  readonly setting: string;
  /** The workspace's folders. */
  readonly folders: readonly string[];
  /** The folder of the extension's own environment; it need not exist. */
  readonly environment: string;
  /** The version of the server that came with the extension; "" for none. */
  readonly bundled: string;
  /** The interpreter that the Python extension chose; "" without that extension, or where it chose none. */
  chosenPython(): Promise<string>;
  /** Whether a path is a file. */
  isFile(path: string): Promise<boolean>;
  /** The absolute paths of a command on PATH, best first. */
  onPath(name: string): Promise<readonly string[]>;
  /** Run a program outside of the workspace, for some seconds at most. */
  run(command: string, args: readonly string[]): Promise<Ran>;
}

export interface Ran {
  /** The exit code; -1 where it could not be started, or did not end in time. */
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

/** How to start the server, where it was found, and its version. */
export interface Server {
  readonly command: string;
  readonly args: readonly string[];
  readonly place: string;
  readonly version: string;
}

/** A place that was looked at and why it was not taken. */
export interface Tried {
  readonly place: string;
  readonly reason: string;
}

export interface Choice {
  readonly server: Server | undefined;
  readonly tried: readonly Tried[];
}

/** -P (Python 3.11) keeps the current folder off the path: a file `glossator.py` in a workspace is never taken for ours. */
const PROBE = "import glossator; print('glossator', glossator.__version__)";
const SERVER = ["-P", "-m", "glossator", "server"];
const VERSION = /^glossator (\S+)/m;

export const PLACES = {
  setting: "the setting glossator.path",
  python: "the Python extension's environment",
  workspace: "the workspace's .venv",
  path: "PATH",
  own: "the extension's own environment",
} as const;

type Looked = Server | Tried;
type Place = (world: World) => Promise<readonly Looked[]>;

/** The first server that answers. A setting that does not work ends the search: somebody meant that one. */
export async function discover(world: World): Promise<Choice> {
  const tried: Tried[] = [];
  if (world.setting) {
    const looked = await fromSetting(world);
    return isServer(looked) ? { server: looked, tried } : { server: undefined, tried: [looked] };
  }
  const places: readonly Place[] = [fromPythonExtension, fromWorkspace, fromPath, fromOwnEnvironment];
  for (const place of places) {
    for (const looked of await place(world)) {
      if (isServer(looked)) {
        return { server: looked, tried };
      }
      tried.push(looked);
    }
  }
  return { server: undefined, tried };
}

/** A choice in words: what was chosen, what was passed over and why, and what to do where there is none. */
export function told(choice: Choice): string {
  const passed = choice.tried.map((one) => `  passed over: ${one.place}: ${one.reason}`);
  const { server } = choice;
  if (server) {
    return [`Glossator ${server.version}, from ${server.place}: ${server.command} ${server.args.join(" ")}`, ...passed].join("\n");
  }
  return ["No Glossator server was found.", ...passed, WHAT_TO_DO].join("\n");
}

export const WHAT_TO_DO =
  "Any of these will do: install Glossator into your project's environment (Python 3.11 or later), " +
  "put the command `glossator` on PATH (pipx or uv do), name it in the setting glossator.path, " +
  'or have the extension make an environment of its own ("Glossator: Make a Private Environment for the Server").';

/** The interpreter of a virtual environment. */
export function pythonOf(environment: string, isWindows: boolean): string {
  return isWindows ? `${environment}\\Scripts\\python.exe` : `${environment}/bin/python`;
}

/** Whether a path lies in one of the folders. */
export function isInside(path: string, folders: readonly string[], isWindows: boolean): boolean {
  const plain = (one: string): string => {
    const parts: string[] = [];
    for (const part of (isWindows ? one.toLowerCase() : one).split(isWindows ? /[\\/]/ : "/")) {
      if (part === "..") {
        parts.pop();
      } else if (part !== "." && part !== "") {
        parts.push(part);
      }
    }
    return `/${parts.join("/")}/`;
  };
  return folders.some((folder) => plain(path).startsWith(plain(folder)));
}

async function fromSetting(world: World): Promise<Looked> {
  const { setting: path, isWindows } = world;
  const place = `${PLACES.setting} (${path})`;
  if (!(isWindows ? /^([A-Za-z]:[\\/]|\\\\)/ : /^\//).test(path)) {
    return { place, reason: "it is no absolute path" };
  }
  if (!(await world.isFile(path))) {
    return { place, reason: "there is no such file" };
  }
  const name = path.split(/[\\/]/).pop() ?? "";
  return /^(python|pypy)/i.test(name) ? python(world, path, place) : command(world, path, place);
}

async function fromPythonExtension(world: World): Promise<readonly Looked[]> {
  const path = await world.chosenPython();
  if (!path) {
    return [{ place: PLACES.python, reason: "the extension is not there, or chose none" }];
  }
  return [await python(world, path, `${PLACES.python} (${path})`)];
}

async function fromWorkspace(world: World): Promise<readonly Looked[]> {
  if (world.folders.length === 0) {
    return [{ place: PLACES.workspace, reason: "no folder is open" }];
  }
  const separator = world.isWindows ? "\\" : "/";
  const looked = world.folders.map(async (folder) => {
    const path = pythonOf(`${folder}${separator}.venv`, world.isWindows);
    const place = `${PLACES.workspace} (${path})`;
    return (await world.isFile(path)) ? python(world, path, place) : { place, reason: "there is none" };
  });
  return Promise.all(looked);
}

async function fromPath(world: World): Promise<readonly Looked[]> {
  const paths = await world.onPath("glossator");
  if (paths.length === 0) {
    return [{ place: PLACES.path, reason: "it has no command glossator" }];
  }
  const looked: Looked[] = [];
  for (const path of paths) {
    const one = await command(world, path, `${PLACES.path} (${path})`);
    looked.push(one);
    if (isServer(one)) {
      break;
    }
  }
  return looked;
}

async function fromOwnEnvironment(world: World): Promise<readonly Looked[]> {
  const path = pythonOf(world.environment, world.isWindows);
  if (!(await world.isFile(path))) {
    return [{ place: PLACES.own, reason: "it was not made yet" }];
  }
  const found = await python(world, path, PLACES.own);
  if (isServer(found) && world.bundled && found.version !== world.bundled) {
    return [{ place: PLACES.own, reason: `it has version ${found.version}, and the extension's is ${world.bundled}: make it anew` }];
  }
  return [found];
}

async function python(world: World, path: string, place: string): Promise<Looked> {
  if (mayNotRun(world, path)) {
    return { place, reason: "it lies in the workspace, which is not trusted" };
  }
  const ran = await world.run(path, ["-P", "-c", PROBE]);
  const version = VERSION.exec(ran.stdout)?.[1];
  if (ran.code === 0 && version) {
    return { command: path, args: SERVER, place, version };
  }
  return { place, reason: whyNot(ran) };
}

async function command(world: World, path: string, place: string): Promise<Looked> {
  if (mayNotRun(world, path)) {
    return { place, reason: "it lies in the workspace, which is not trusted" };
  }
  const ran = await world.run(path, ["--version"]);
  const version = VERSION.exec(ran.stdout)?.[1];
  if (ran.code === 0 && version) {
    return { command: path, args: ["server"], place, version };
  }
  return { place, reason: ran.code === -1 ? "it cannot be started" : "it is no Glossator" };
}

function mayNotRun(world: World, path: string): boolean {
  return !world.isTrusted && isInside(path, world.folders, world.isWindows);
}

function whyNot(ran: Ran): string {
  if (ran.code === -1) {
    return "it cannot be started";
  }
  if (ran.stderr.includes("Unknown option: -P")) {
    return "it is older than Python 3.11";
  }
  return ran.stderr.includes("No module named 'glossator'") ? "Glossator is not installed there" : "Glossator does not run there";
}

function isServer(looked: Looked): looked is Server {
  return "command" in looked;
}
