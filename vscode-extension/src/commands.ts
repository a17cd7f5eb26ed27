/** What the commands do: ask the server, show, and have the server's edits applied. Knows no editor but through its port. */

import { find, KINDS, type Scope } from "./actions";
import { Keys, wrongKey, wrongName } from "./keys";
import type { Editor, Here, Server } from "./port";
import type { ActionData, CodeAction, Outcome, Position } from "./protocol";
import { Previews } from "./previews";
import { statistics, type Stats } from "./report";
import { NEW_USER_FILE } from "./userfile";

/** What the commands work with. */
export interface Parts {
  readonly editor: Editor;
  /** The running server. Throws an Error that says why there is none. */
  readonly server: () => Server;
  readonly keys: Keys;
  readonly userFile: () => string;
  readonly paused: (isPaused: boolean) => void;
}

/** A condition that ends a command with a message; not a failure. */
export class Declined extends Error {}

const OPEN_USER_FILE = "Open the user file";
const NOTHING_HERE = "There is nothing to document at the cursor: put it into a definition without a docstring.";
const NO_MODEL = "No model is chosen here. Name one as `provider` in your user file, or in the setting glossator.provider.";

export class Commands {
  private readonly previews: Previews;

  constructor(private readonly parts: Parts) {
    this.previews = new Previews(parts.editor, parts.server);
  }

  async documentSymbol(): Promise<void> {
    await this.document(await this.wanted("symbol", "embedded"));
  }

  async improveSymbol(): Promise<void> {
    await this.document(await this.wanted("symbol", "model"));
  }

  /** What a link in a hover, or a preview, says: the data of an action. */
  async document(data: ActionData): Promise<void> {
    await this.execute("glossator.documentSymbol", data);
  }

  async documentFile(): Promise<void> {
    this.nothingNew(await this.execute("glossator.documentFile", this.python().uri), "This file has nothing undocumented.");
  }

  async improveFile(): Promise<void> {
    await this.execute("glossator.documentFile", await this.wanted("file", "model"));
  }

  async previewSymbol(): Promise<void> {
    await this.previews.show(await this.wanted("symbol", "embedded"));
  }

  async previewFile(): Promise<void> {
    await this.previews.show({ uri: this.python().uri, scope: "file" });
  }

  async applyPreview(): Promise<void> {
    await this.previews.apply();
  }

  async documentWorkspace(): Promise<void> {
    await this.workspace([], "The embedded provider writes them, and nothing is sent anywhere.");
  }

  async improveWorkspace(): Promise<void> {
    await this.workspace([{ model: true }], "A model writes them; where that costs money you are asked once more.");
  }

  async repair(): Promise<void> {
    const actions = await this.actions(this.python());
    const data = find(actions, "repair", "embedded");
    if (!data) {
      throw new Declined("The docstring at the cursor has nothing that can be repaired.");
    }
    await this.execute("glossator.repair", data);
  }

  async repairFile(): Promise<void> {
    this.nothingNew(await this.execute("glossator.repair", this.python().uri), "No docstring of this file can be repaired.");
  }

  async explain(): Promise<void> {
    const here = this.python();
    const params = { textDocument: { uri: here.uri }, position: here.position };
    const answer = await this.parts.server().request<{ contents: { value: string } }>("glossator/explain", params);
    await this.parts.editor.show("Explanation.md", answer.contents.value);
  }

  async page(): Promise<void> {
    const outcome = await this.execute("glossator.page", await this.pageWanted());
    if (outcome?.applied && outcome.uri) {
      await this.parts.editor.openUri(outcome.uri);
    } else {
      this.nothingNew(outcome, "The page is what it should be.");
    }
  }

  async previewPage(): Promise<void> {
    const answer = await this.parts.server().request<{ text: string }>("glossator/page", await this.pageWanted());
    await this.parts.editor.show("Page.md", answer.text);
  }

  async stats(): Promise<void> {
    await this.parts.editor.show("Statistics.md", statistics(await this.parts.server().request<Stats>("glossator/stats", null)));
  }

  async clearCache(): Promise<void> {
    const detail = "What models answered before is removed from memory and disk; it would have to be paid for again.";
    if (await this.parts.editor.agree("Forget what models said?", detail, "Forget")) {
      const uri = this.parts.editor.here()?.uri;
      const outcome = await this.execute("glossator.clearCache", ...(uri ? [uri] : []));
      void this.parts.editor.inform(`Glossator: ${outcome?.cleared ?? 0} answers were removed.`);
    }
  }

  async pause(): Promise<void> {
    await this.execute("glossator.pause");
    this.parts.paused(true);
  }

  async resume(): Promise<void> {
    await this.execute("glossator.resume");
    this.parts.paused(false);
  }

  async setKey(): Promise<void> {
    const { editor, keys } = this.parts;
    const name = await editor.ask("Keep a provider's key (1 of 2)", "The provider's name in your user file", wrongName, false);
    if (!name) {
      return;
    }
    const key = await editor.ask("Keep a provider's key (2 of 2)", `The key of ${name}; it stays in the secret storage`, wrongKey, true);
    if (key) {
      await keys.keep(name, key);
      await this.parts.server().notify("glossator/key", { provider: name, key });
      void editor.inform(`Glossator: the key of ${name} is kept in the editor's secret storage.`);
    }
  }

  async removeKey(): Promise<void> {
    const { editor, keys } = this.parts;
    const picked = await editor.pick("Remove which provider's key?", keys.names.map((label) => ({ label })));
    if (picked) {
      await keys.remove(picked.label);
      await this.parts.server().notify("glossator/key", { provider: picked.label, key: "" });
    } else if (keys.names.length === 0) {
      void editor.inform("Glossator: no key is kept.");
    }
  }

  async openUserFile(): Promise<void> {
    await this.parts.editor.openFile(this.parts.userFile(), NEW_USER_FILE);
  }

  /** The server's actions for a place, without those of others. */
  async actions(here: { uri: string; position: Position }): Promise<readonly CodeAction[]> {
    const params = {
      textDocument: { uri: here.uri },
      range: { start: here.position, end: here.position },
      context: { diagnostics: [], only: KINDS },
    };
    return (await this.parts.server().request<CodeAction[] | null>("textDocument/codeAction", params)) ?? [];
  }

  private python(): Here {
    const here = this.parts.editor.here();
    if (here?.languageId !== "python") {
      throw new Declined("This is about Python files: open one, and put the cursor where you mean.");
    }
    return here;
  }

  private async wanted(scope: Scope, words: "embedded" | "model"): Promise<ActionData> {
    const actions = await this.actions(this.python());
    const data = find(actions, scope, words);
    if (data) {
      return data;
    }
    if (words === "model" && find(actions, scope, "embedded")) {
      void this.offerUserFile();
      throw new Declined("");
    }
    throw new Declined(scope === "file" ? "This file has nothing undocumented." : NOTHING_HERE);
  }

  private async offerUserFile(): Promise<void> {
    if ((await this.parts.editor.inform(NO_MODEL, OPEN_USER_FILE)) === OPEN_USER_FILE) {
      await this.openUserFile();
    }
  }

  private async workspace(args: readonly unknown[], detail: string): Promise<void> {
    if (await this.parts.editor.agree("Document all that is undocumented in the workspace?", detail, "Document")) {
      const outcome = await this.execute("glossator.documentWorkspace", ...args);
      void this.parts.editor.inform(`Glossator: ${outcome?.files ?? 0} files were changed.`);
    }
  }

  private async pageWanted(): Promise<unknown> {
    const here = this.parts.editor.here();
    if (here?.languageId === "markdown") {
      return { uri: here.uri };
    }
    const kinds = [
      { label: "An overview of this module", kind: "module" },
      { label: "The reference of this package", kind: "api" },
      { label: "A README for this project", kind: "readme" },
    ];
    const uri = this.python().uri;
    const picked = await this.parts.editor.pick("Which page?", kinds);
    if (!picked) {
      throw new Declined("");
    }
    return { kind: picked.kind, path: uri };
  }

  private async execute(command: string, ...args: unknown[]): Promise<Outcome | null> {
    return this.parts.server().request<Outcome | null>("workspace/executeCommand", { command, arguments: args });
  }

  private nothingNew(outcome: Outcome | null, text: string): void {
    if (outcome?.applied === false) {
      void this.parts.editor.inform(`Glossator: ${text}`);
    }
  }
}
