/** The language client: one for each start of the server. It knows no editor but through its hooks. */

import { randomUUID } from "node:crypto";

import {
  CancellationTokenSource,
  CloseAction,
  ErrorAction,
  ErrorCodes,
  LanguageClient,
  RevealOutputChannelOn,
  WorkDoneProgress,
  type LanguageClientOptions,
  type Middleware,
} from "vscode-languageclient/node";

import { KINDS } from "./actions";
import type { Server as Found } from "./discovery";
import type { Events } from "./extension";
import { offerIn, offerOf, type HoverData, type Offer } from "./hover";
import type { Running } from "./lifecycle";
import type { Report, Work } from "./port";
import type { CodeAction, Position, Range } from "./protocol";

/** What the client leaves to the editor. */
export interface Hooks extends Events {
  /** The log. */
  readonly channel: NonNullable<LanguageClientOptions["outputChannel"]>;
  /** A folder of the extension's, in which the server runs. */
  readonly folder: string;
  readonly isTrusted: () => boolean;
  /** The section `glossator` for a file, in the server's words. */
  readonly settings: (uri: string | undefined) => Record<string, unknown>;
  /** Show some work with a cancel button. */
  readonly shown: <T>(title: string, work: Work<T>) => Promise<T>;
  /** Asks for a hover and adds links to it. */
  readonly decorate: NonNullable<Middleware["provideHover"]>;
}

const SELECTOR = [
  { scheme: "file", language: "python" },
  { scheme: "untitled", language: "python" },
  { scheme: "file", language: "markdown" },
];
const SLOW_MS = 300;
const STOP_MS = 3000;
const SECTION = "glossator";

/** Start a server and speak with it. `closed` is called when the connection ends unasked. */
export async function launch(found: Found, hooks: Hooks, closed: () => void): Promise<Running> {
  const client: LanguageClient = new LanguageClient(
    SECTION,
    "Glossator",
    { command: found.command, args: [...found.args], options: { cwd: hooks.folder } },
    options(hooks, closed, (command, args) => execute(client, hooks, command, args)),
  );
  client.onNotification("glossator/preview", hooks.previewed);
  try {
    await client.start();
  } catch (error) {
    await client.dispose().catch(() => undefined);
    throw error;
  }
  return {
    request: async <T>(method: string, params: unknown): Promise<T> => {
      if (method === "workspace/executeCommand") {
        const { command, arguments: args } = params as { command: string; arguments: unknown[] };
        return (await execute(client, hooks, command, args)) as T;
      }
      return client.sendRequest<T>(method, params);
    },
    notify: (method, params) => client.sendNotification(method, params),
    stop: async () => {
      await client.dispose(STOP_MS).catch(() => undefined);
    },
  };
}

/**
 * What a hover's links may offer: as the server says, or, where it does not answer for hovers, by the actions at the
 * hover's range, which has to be a definition then (`isDefinition`).
 */
export async function offered(server: Running, hover: { uri: string; position: Position; range: Range; isDefinition: boolean }): Promise<Offer> {
  const textDocument = { uri: hover.uri };
  try {
    return offerOf(await server.request<HoverData | null>("glossator/hover", { textDocument, position: hover.position }));
  } catch (error) {
    if (!hover.isDefinition || (error as { code?: unknown }).code !== ErrorCodes.MethodNotFound) {
      return { model: "" };
    }
  }
  const { start } = hover.range;
  const params = { textDocument, range: { start, end: start }, context: { diagnostics: [], only: KINDS } };
  return offerIn((await server.request<CodeAction[] | null>("textDocument/codeAction", params)) ?? []);
}

function options(hooks: Hooks, closed: () => void, run: (command: string, args: unknown[]) => Promise<unknown>): LanguageClientOptions {
  return {
    documentSelector: SELECTOR,
    outputChannel: hooks.channel,
    revealOutputChannelOn: RevealOutputChannelOn.Never,
    initializationOptions: { trusted: hooks.isTrusted() },
    initializationFailedHandler: () => false,
    errorHandler: {
      error: () => ({ action: ErrorAction.Continue, handled: true }),
      closed: () => {
        closed();
        return { action: CloseAction.DoNotRestart, handled: true };
      },
    },
    middleware: {
      executeCommand: async (command, args) => {
        try {
          return await run(command, args);
        } catch (error) {
          hooks.failed(error);
          return null;
        }
      },
      provideHover: hooks.decorate,
      workspace: {
        configuration: async (params, token, next) => {
          const answer = await next(params, token);
          return Array.isArray(answer)
            ? params.items.map((item, at) => (item.section === SECTION ? hooks.settings(item.scopeUri) : answer[at]))
            : answer;
        },
        didChangeConfiguration: async () => undefined, // editor.ts tells of changes, in the server's words
      },
    },
  };
}

/** Run a command of the server; one that takes long is shown, and can be cancelled. */
async function execute(client: LanguageClient, hooks: Hooks, command: string, args: unknown[]): Promise<unknown> {
  const workDoneToken = randomUUID();
  let seen: Report = () => undefined;
  const progress = client.onProgress(WorkDoneProgress.type, workDoneToken, (value) => {
    if (value.kind === "report") {
      seen(value.message ?? "", value.percentage ?? 0);
    }
  });
  if (args.some(asksModel)) {
    hooks.modelBegins();
  }
  hooks.count(1);
  const source = new CancellationTokenSource();
  const answer = client.sendRequest<unknown>("workspace/executeCommand", { command, arguments: args, workDoneToken }, source.token);
  try {
    if (await isSettledWithin(answer, SLOW_MS)) {
      return await answer;
    }
    return await hooks.shown(title(command, args), (report, onCancel) => {
      seen = report;
      onCancel(() => source.cancel());
      return answer;
    });
  } finally {
    hooks.count(-1);
    progress.dispose();
  }
}

async function isSettledWithin(work: Promise<unknown>, ms: number): Promise<boolean> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<boolean>((resolve) => (timer = setTimeout(() => resolve(false), ms)));
  const settled = work.then(
    () => true,
    () => true,
  );
  try {
    return await Promise.race([settled, late]);
  } finally {
    clearTimeout(timer);
  }
}

function asksModel(argument: unknown): boolean {
  return typeof argument === "object" && argument !== null && Boolean((argument as { model?: unknown }).model);
}

const TITLES: Record<string, string> = {
  "glossator.documentSymbol": "Documenting",
  "glossator.documentFile": "Documenting the file",
  "glossator.documentWorkspace": "Documenting the workspace",
  "glossator.repair": "Repairing",
  "glossator.page": "Writing the page",
};

function title(command: string, args: readonly unknown[]): string {
  const path = (args[0] as { path?: unknown } | undefined)?.path;
  const about = command === "glossator.documentSymbol" && typeof path === "string" ? ` ${path}` : "";
  return `Glossator: ${TITLES[command] ?? "working"}${about}`;
}
