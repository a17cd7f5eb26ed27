/** The extension as a whole: its commands by name, the server's life, and what the user is told. Knows no editor but through its host. */

import { rm } from "node:fs/promises";
import { homedir } from "node:os";
import path from "node:path";

import { Commands, Declined } from "./commands";
import type { Choice, Server as Found, World } from "./discovery";
import { makeEnvironment } from "./environment";
import { Keys, type Vault } from "./keys";
import { Lifecycle, type Running } from "./lifecycle";
import { LivePreview } from "./live";
import { isFile, onPath, run, versionOf, wheelIn } from "./machine";
import type { Editor, Work } from "./port";
import type { ActionData, Preview } from "./protocol";
import type { Stats } from "./report";
import { shown, type Shown, type State } from "./status";
import { userFile } from "./userfile";

/** What a running server tells. */
export interface Events {
  /** A piece of work begins (1) or ends (-1). */
  readonly count: (by: 1 | -1) => void;
  readonly previewed: (preview: Preview) => void;
  /** A model is about to be asked. */
  readonly modelBegins: () => void;
  /** A command failed. */
  readonly failed: (error: unknown) => void;
}

/** Where the extension lives. */
export interface Host {
  readonly editor: Editor;
  /** The extension's storage. */
  readonly folder: string;
  /** The extension's own files. */
  readonly home: string;
  readonly vault: Vault;
  /** The commands as the manifest has them. */
  readonly titles: readonly { readonly command: string; readonly title: string; readonly category?: string }[];
  isTrusted(): boolean;
  folders(): readonly string[];
  setting<T>(name: string): T | undefined;
  /** The section `glossator` in the server's words. */
  settings(): Record<string, unknown>;
  chosenPython(): Promise<string>;
  log(text: string): void;
  openLog(): void;
  show(shown: Shown): void;
  withCancel<T>(title: string, work: Work<T>): Promise<T>;
  launch(found: Found, events: Events, closed: () => void): Promise<Running>;
}

export type Actions = Record<string, (argument?: unknown) => Promise<void>>;

const LIVE = "Being written.txt";
const LEARN_MS = 2_000;
const PROBE_MS = 10_000;
const INSTALL_MS = 600_000;

export class Extension {
  readonly lifecycle: Lifecycle;
  /** The commands, by their names less `glossator.editor.`. */
  readonly actions: Actions;
  private readonly live = new LivePreview();
  private readonly keys: Keys;
  private wheel = "";

  constructor(private readonly host: Host) {
    this.keys = new Keys(host.vault);
    this.lifecycle = new Lifecycle({
      world: () => this.world(),
      launch: (found, closed) => this.launch(found, closed),
      log: (text) => host.log(text),
      changed: (state) => host.show(shown(state)),
      missing: (choice) => void this.missing(choice),
      gaveUp: () => void this.gaveUp(),
    });
    this.actions = this.guarded({ ...this.ofServer(), ...this.ofEditor() });
  }

  async begin(): Promise<void> {
    this.wheel = await wheelIn(path.join(this.host.home, "server"));
    await this.lifecycle.start();
  }

  /** Settings changed that need no other server. */
  configured(): void {
    this.lifecycle.set(this.chosen());
    this.learn();
    try {
      void this.lifecycle.server.notify("workspace/didChangeConfiguration", { settings: { glossator: this.host.settings() } });
    } catch {
      // A server that starts asks for them itself.
    }
  }

  private ofServer(): Actions {
    const own = new Commands({
      editor: this.host.editor,
      server: () => this.lifecycle.server,
      keys: this.keys,
      userFile: () => userFile(process.platform, process.env, homedir()),
      paused: (isPaused) => this.lifecycle.set({ isPaused }),
    });
    return {
      documentSymbol: () => own.documentSymbol(),
      improveSymbol: () => own.improveSymbol(),
      previewSymbol: () => own.previewSymbol(),
      documentFile: () => own.documentFile(),
      improveFile: () => own.improveFile(),
      previewFile: () => own.previewFile(),
      applyPreview: () => own.applyPreview(),
      documentWorkspace: () => own.documentWorkspace(),
      improveWorkspace: () => own.improveWorkspace(),
      repair: () => own.repair(),
      repairFile: () => own.repairFile(),
      explain: () => own.explain(),
      page: () => own.page(),
      previewPage: () => own.previewPage(),
      stats: () => own.stats(),
      clearCache: () => own.clearCache(),
      pause: () => own.pause(),
      resume: () => own.resume(),
      setKey: () => own.setKey(),
      removeKey: () => own.removeKey(),
      openUserFile: () => own.openUserFile(),
      insert: (data) => own.document(data as ActionData),
      improve: (data) => own.document(data as ActionData),
    };
  }

  private ofEditor(): Actions {
    return {
      createEnvironment: () => this.createEnvironment(),
      showChoice: () => this.host.editor.show("Server.txt", this.lifecycle.explanation),
      restart: () => this.lifecycle.restart(),
      showLog: async () => this.host.openLog(),
      menu: () => this.menu(),
    };
  }

  private guarded(actions: Actions): Actions {
    const guard = (action: (argument?: unknown) => Promise<void>) => (argument?: unknown) =>
      action(argument).catch((error: unknown) => this.failed(error));
    return Object.fromEntries(Object.entries(actions).map(([name, action]) => [name, guard(action)]));
  }

  private async launch(found: Found, closed: () => void): Promise<Running> {
    const events: Events = {
      count: (by) => this.lifecycle.count(by),
      previewed: (preview) => this.previewed(preview),
      modelBegins: () => this.live.clear(),
      failed: (error) => this.failed(error),
    };
    const running = await this.host.launch(found, events, closed);
    const isTrusted = this.host.isTrusted();
    this.lifecycle.set({ ...this.chosen(), isTrusted });
    this.learn();
    if (isTrusted) {
      await this.keys.handOver((provider, key) => running.notify("glossator/key", { provider, key }));
    }
    return running;
  }

  private previewed(preview: Preview): void {
    const text = this.live.take(preview);
    if (this.host.setting<boolean>("livePreview") ?? true) {
      void this.host.editor.show(LIVE, text);
    }
  }

  private chosen(): Partial<State> {
    const provider = this.host.setting<string | string[]>("provider") ?? [];
    return { provider: [provider].flat().join(", "), mode: this.host.setting<string>("mode") ?? "" };
  }

  /** Ask a server what the settings of all places choose, when it has had time for what is more urgent. */
  private learn(): void {
    const ask = async (): Promise<void> => {
      const { settings } = await this.lifecycle.server.request<Stats>("glossator/stats", null);
      if (settings) {
        this.lifecycle.set({ provider: settings.provider.join(", "), mode: settings.mode });
      }
    };
    setTimeout(() => void ask().catch(() => undefined), LEARN_MS).unref(); // the next server is asked again
  }

  private async menu(): Promise<void> {
    const listed = this.host.titles.filter((one) => one.category);
    const picked = await this.host.editor.pick("Glossator", listed.map(({ title, command }) => ({ label: title, command })));
    if (picked) {
      await this.host.editor.run(picked.command);
    }
  }

  private failed(error: unknown): void {
    const message = error instanceof Error ? error.message : String(error);
    if (error instanceof Declined) {
      void (message && this.host.editor.inform(`Glossator: ${message}`));
    } else if (!isCancelled(error)) {
      this.lifecycle.set({ lastError: message });
      this.host.log(message);
      void this.host.editor.warn(`Glossator: ${message}`);
    }
  }

  private async missing(choice: Choice): Promise<void> {
    const [make, where] = ["Make a private environment", "Show where was looked"] as const;
    const isOffered = this.wheel !== "" && choice.tried.length > 1; // no other server in place of one that was named
    const text = "Glossator: no server was found, so nothing is documented yet.";
    const pressed = await this.host.editor.warn(text, ...(isOffered ? [make, where] : [where]));
    if (pressed === make) {
      await this.actions["createEnvironment"]?.();
    } else if (pressed === where) {
      await this.actions["showChoice"]?.();
    }
  }

  private async gaveUp(): Promise<void> {
    const [again, log] = ["Start it again", "Show the log"] as const;
    const pressed = await this.host.editor.warn("Glossator: the server has crashed six times within three minutes.", again, log);
    if (pressed === again) {
      await this.lifecycle.restart();
    } else if (pressed === log) {
      this.host.openLog();
    }
  }

  private async createEnvironment(): Promise<void> {
    await this.lifecycle.stop(); // a program that runs cannot be replaced everywhere
    const reason = await this.host.withCancel("Glossator: making an environment", async (report, onCancel) => {
      const abort = new AbortController();
      onCancel(() => abort.abort());
      const { folder: cwd } = this.host;
      return makeEnvironment({
        isWindows: process.platform === "win32",
        environment: this.environment,
        wheel: this.wheel,
        onPath,
        run: async (command, args) => {
          const ran = await run(command, args, { cwd, timeoutMs: INSTALL_MS, signal: abort.signal });
          this.host.log([command, ...args, ran.stdout, ran.stderr].join(" ").trim());
          return ran;
        },
        remove: (folder) => rm(folder, { recursive: true, force: true }),
        tell: (step) => report(step, 0),
        isCancelled: () => abort.signal.aborted,
      });
    });
    if (reason) {
      throw new Error(`the environment was not made: ${reason}`);
    }
    await this.lifecycle.restart();
  }

  private get environment(): string {
    return path.join(this.host.folder, "env");
  }

  private world(): World {
    const { host } = this;
    return {
      isWindows: process.platform === "win32",
      isTrusted: host.isTrusted(),
      setting: host.setting<string>("path") ?? "",
      folders: host.folders(),
      environment: this.environment,
      bundled: versionOf(this.wheel),
      chosenPython: () => host.chosenPython(),
      isFile,
      onPath,
      run: (command, args) => run(command, args, { cwd: host.folder, timeoutMs: PROBE_MS }),
    };
  }
}

/** LSP's RequestCancelled and ServerCancelled. */
function isCancelled(error: unknown): boolean {
  const code = (error as { code?: unknown } | null)?.code;
  return code === -32800 || code === -32802;
}
