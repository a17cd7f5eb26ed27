/** VS Code's side of everything, and the only file that imports `vscode`. */

import { mkdir, writeFile } from "node:fs/promises";
import path from "node:path";

import * as vscode from "vscode";

import { launch, offered } from "./client";
import { Extension, type Host } from "./extension";
import { isDefinition, LINK_COMMANDS, links } from "./hover";
import type { Vault } from "./keys";
import type { Running } from "./lifecycle";
import { isFile } from "./machine";
import type { Editor, Here, OpenText, Work } from "./port";
import type { WorkspaceEdit } from "./protocol";
import { forServer } from "./settings";
import type { Shown } from "./status";

const TEXTS = "glossator"; // the schemes of texts of ours
const PREVIEWS = "glossator-preview";
const PYTHON_MS = 5_000;

let extension: Extension | undefined;

export async function activate(context: vscode.ExtensionContext): Promise<void> {
  const { subscriptions } = context;
  const { workspace } = vscode;
  const texts = new Texts();
  extension = new Extension(hostOf(context, new CodeEditor(texts)));
  for (const [name, action] of Object.entries(extension.actions)) {
    subscriptions.push(vscode.commands.registerCommand(`glossator.editor.${name}`, action));
  }
  const { lifecycle } = extension;
  subscriptions.push(
    workspace.registerTextDocumentContentProvider(TEXTS, texts),
    workspace.registerTextDocumentContentProvider(PREVIEWS, texts),
    workspace.onDidGrantWorkspaceTrust(() => lifecycle.changed()),
    workspace.onDidChangeConfiguration((change) => configured(change)),
  );
  await mkdir(context.globalStorageUri.fsPath, { recursive: true });
  await extension.begin();
}

export async function deactivate(): Promise<void> {
  await extension?.lifecycle.stop();
}

function configured(change: vscode.ConfigurationChangeEvent): void {
  if (change.affectsConfiguration("glossator.path")) {
    extension?.lifecycle.changed();
  } else if (change.affectsConfiguration(TEXTS)) {
    extension?.configured();
  }
}

function hostOf(context: vscode.ExtensionContext, editor: Editor): Host {
  const channel = vscode.window.createOutputChannel("Glossator", { log: true });
  const item = vscode.window.createStatusBarItem("glossator.status", vscode.StatusBarAlignment.Right, 90);
  item.name = "Glossator";
  item.command = "glossator.editor.menu";
  item.show();
  context.subscriptions.push(channel, item);
  const folder = context.globalStorageUri.fsPath;
  const isTrusted = (): boolean => vscode.workspace.isTrusted;
  return {
    editor,
    folder,
    home: context.extensionPath,
    vault: vaultOf(context),
    titles: (context.extension.packageJSON as { contributes: { commands: Host["titles"] } }).contributes.commands,
    isTrusted,
    folders: () => (vscode.workspace.workspaceFolders ?? []).map((one) => one.uri.fsPath),
    setting: <T>(name: string) => vscode.workspace.getConfiguration(TEXTS).get<T | null>(name) ?? undefined,
    settings,
    chosenPython: () => chosenPython(() => extension?.lifecycle.changed(), context.subscriptions),
    log: (text) => channel.info(text),
    openLog: () => channel.show(),
    show: (shown) => show(item, shown),
    withCancel,
    launch: async (found, hooks, closed) => {
      let running: Running | undefined;
      const decorate: Parameters<typeof launch>[1]["decorate"] = async (document, position, token, next) => {
        const hover = await next(document, position, token);
        return hover && running ? withLinks(document, position, hover, running) : hover;
      };
      running = await launch(found, { ...hooks, channel, folder, isTrusted, settings, shown: withCancel, decorate }, closed);
      await vscode.commands.executeCommand("setContext", "glossator.running", true);
      return running;
    },
  };
}

function show(item: vscode.StatusBarItem, { text, tooltip, isWarning }: Shown): void {
  item.text = text;
  item.tooltip = tooltip;
  item.backgroundColor = isWarning ? new vscode.ThemeColor("statusBarItem.warningBackground") : undefined;
}

/** A hover with links of ours above, where a long preview does not hide them. What the server wrote is as untrusted as before. */
async function withLinks(document: vscode.TextDocument, position: vscode.Position, hover: vscode.Hover, server: Running): Promise<vscode.Hover> {
  const { range } = hover;
  if (!range || !vscode.workspace.getConfiguration(TEXTS).get("hoverLinks", true)) {
    return hover;
  }
  const place = { uri: document.uri.toString(), position, range, isDefinition: isDefinition(document.lineAt(range.start.line).text, range) };
  const shown = links(await offered(server, place).catch(() => ({ model: "" })));
  if (!shown) {
    return hover;
  }
  const text = new vscode.MarkdownString(shown);
  text.isTrusted = { enabledCommands: LINK_COMMANDS };
  return new vscode.Hover([text, ...hover.contents], range);
}

/** Texts of ours, by their addresses: differences, explanations, what is being written. */
class Texts implements vscode.TextDocumentContentProvider {
  private readonly changes = new vscode.EventEmitter<vscode.Uri>();
  private readonly texts = new Map<string, string>();
  readonly onDidChange = this.changes.event;

  put(uri: vscode.Uri, text: string): void {
    this.texts.set(uri.toString(), text);
    this.changes.fire(uri);
  }

  provideTextDocumentContent(uri: vscode.Uri): string {
    return this.texts.get(uri.toString()) ?? "";
  }
}

class CodeEditor implements Editor {
  constructor(private readonly texts: Texts) {}

  here(): Here | undefined {
    const active = vscode.window.activeTextEditor;
    return active && { ...openText(active.document), position: active.selection.active };
  }

  async open(uri: string): Promise<OpenText> {
    return openText(await vscode.workspace.openTextDocument(vscode.Uri.parse(uri)));
  }

  async inform(text: string, ...buttons: string[]): Promise<string | undefined> {
    return vscode.window.showInformationMessage(text, ...buttons);
  }

  async warn(text: string, ...buttons: string[]): Promise<string | undefined> {
    return vscode.window.showWarningMessage(text, ...buttons);
  }

  async agree(text: string, detail: string, button: string): Promise<boolean> {
    return (await vscode.window.showWarningMessage(text, { modal: true, detail }, button)) === button;
  }

  async ask(title: string, prompt: string, validateInput: (text: string) => string | undefined, password: boolean): Promise<string | undefined> {
    return vscode.window.showInputBox({ title, prompt, validateInput, password, ignoreFocusOut: true });
  }

  async pick<T extends { readonly label: string }>(title: string, items: readonly T[]): Promise<T | undefined> {
    return vscode.window.showQuickPick(items, { title });
  }

  async show(name: string, text: string): Promise<void> {
    const uri = vscode.Uri.from({ scheme: TEXTS, path: `/${name}` });
    this.texts.put(uri, text);
    if (!vscode.window.visibleTextEditors.some((one) => one.document.uri.toString() === uri.toString())) {
      const options = { viewColumn: vscode.ViewColumn.Beside, preserveFocus: true, preview: true };
      await vscode.window.showTextDocument(await vscode.workspace.openTextDocument(uri), options);
    }
  }

  async diff(of: OpenText, after: string, title: string): Promise<void> {
    const uri = vscode.Uri.parse(of.uri);
    const right = previewOf(uri);
    this.texts.put(right, after);
    await vscode.commands.executeCommand("vscode.diff", uri, right, title);
  }

  async closeDiff(uri: string): Promise<void> {
    const right = previewOf(vscode.Uri.parse(uri)).toString();
    const isIt = ({ input }: vscode.Tab): boolean => input instanceof vscode.TabInputTextDiff && input.modified.toString() === right;
    await vscode.window.tabGroups.close(vscode.window.tabGroups.all.flatMap((group) => group.tabs).filter(isIt));
    await vscode.window.showTextDocument(vscode.Uri.parse(uri));
  }

  async apply(edit: WorkspaceEdit): Promise<boolean> {
    const all = new vscode.WorkspaceEdit();
    const versioned = (edit.documentChanges ?? []).map((one) => [one.textDocument?.uri ?? "", one.edits ?? []] as const);
    for (const [uri, edits] of [...versioned, ...Object.entries(edit.changes ?? {})]) {
      for (const { range, newText } of edits) {
        const { start, end } = range;
        all.replace(vscode.Uri.parse(uri), new vscode.Range(start.line, start.character, end.line, end.character), newText);
      }
    }
    return vscode.workspace.applyEdit(all);
  }

  async openFile(file: string, text: string): Promise<void> {
    if (!(await isFile(file))) {
      await mkdir(path.dirname(file), { recursive: true });
      await writeFile(file, text, { flag: "wx", mode: 0o600 });
    }
    await vscode.window.showTextDocument(vscode.Uri.file(file));
  }

  async openUri(uri: string): Promise<void> {
    await vscode.window.showTextDocument(vscode.Uri.parse(uri));
  }

  async run(command: string): Promise<void> {
    await vscode.commands.executeCommand(command);
  }
}

function openText(document: vscode.TextDocument): OpenText {
  const { uri, languageId, version } = document;
  return { uri: uri.toString(), name: path.posix.basename(uri.path), languageId, version, text: document.getText() };
}

function previewOf(uri: vscode.Uri): vscode.Uri {
  return vscode.Uri.from({ scheme: PREVIEWS, path: uri.path });
}

function settings(uri?: string): Record<string, unknown> {
  const section = vscode.workspace.getConfiguration(undefined, uri ? vscode.Uri.parse(uri) : null).get<object>(TEXTS) ?? {};
  return forServer(section as Record<string, unknown>);
}

function vaultOf(context: vscode.ExtensionContext): Vault {
  const { secrets, globalState } = context;
  return {
    get: async (entry) => secrets.get(entry),
    store: async (entry, secret) => secrets.store(entry, secret),
    remove: async (entry) => secrets.delete(entry),
    names: () => globalState.get<string[]>("keys", []),
    setNames: async (names) => globalState.update("keys", names),
  };
}

async function withCancel<T>(title: string, work: Work<T>): Promise<T> {
  const options = { location: vscode.ProgressLocation.Notification, cancellable: true, title };
  return vscode.window.withProgress(options, (progress, token) => {
    let before = 0;
    const report = (message: string, percentage: number): void => {
      progress.report({ message, increment: Math.max(0, percentage - before) });
      before = Math.max(before, percentage);
    };
    return work(report, (cancel) => token.onCancellationRequested(cancel));
  });
}

interface PythonApi {
  environments?: {
    getActiveEnvironmentPath(): { path: string };
    resolveEnvironment(at: { path: string }): Promise<{ executable?: { uri?: vscode.Uri } } | undefined>;
    onDidChangeActiveEnvironmentPath(listener: () => void): vscode.Disposable;
  };
}

let isPythonWatched = false;

/** The interpreter that the Python extension chose; "" where it is not there, or does not say in time. */
async function chosenPython(changed: () => void, subscriptions: vscode.Disposable[]): Promise<string> {
  const extension = vscode.extensions.getExtension<PythonApi>("ms-python.python");
  if (!extension) {
    return "";
  }
  const asked = (async () => {
    const { environments } = await extension.activate();
    if (!environments) {
      return "";
    }
    if (!isPythonWatched) {
      isPythonWatched = true;
      subscriptions.push(environments.onDidChangeActiveEnvironmentPath(changed));
    }
    const resolved = await environments.resolveEnvironment(environments.getActiveEnvironmentPath());
    return resolved?.executable?.uri?.fsPath ?? "";
  })();
  const late = new Promise<string>((resolve) => setTimeout(() => resolve(""), PYTHON_MS).unref());
  return Promise.race([asked, late]).catch(() => "");
}
