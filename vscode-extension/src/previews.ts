/** Differences that are shown before they are applied. What is applied is what was shown, or nothing. */

import type { Editor, OpenText, Server } from "./port";
import { applied, editsOf, type ActionData, type CodeAction, type WorkspaceEdit } from "./protocol";

interface Shown {
  readonly data: ActionData;
  readonly of: OpenText;
  readonly edit: WorkspaceEdit;
}

const AGAIN = "Preview it again";

export class Previews {
  private shown: Shown | undefined;

  constructor(
    private readonly editor: Editor,
    private readonly server: () => Server,
  ) {}

  /** Show what an action would do to its file. */
  async show(data: ActionData): Promise<void> {
    const of = await this.editor.open(data.uri);
    if (!of) {
      return;
    }
    const action: CodeAction = { title: "Preview", kind: "refactor.rewrite.glossator", data };
    const { edit } = await this.server().request<CodeAction>("codeAction/resolve", action);
    const edits = editsOf(edit, of.uri);
    if (!edit || edits.length === 0) {
      void this.editor.inform("Glossator: there is nothing to document.");
      return;
    }
    this.shown = { data, of, edit };
    await this.editor.diff(of, applied(of.text, edits), `${of.name}: ${data.path ?? "the whole file"}, documented`);
  }

  /** Apply what is shown, if the file is still what it was. */
  async apply(): Promise<void> {
    const { shown } = this;
    if (!shown) {
      return;
    }
    const now = await this.editor.open(shown.of.uri);
    if (now?.text !== shown.of.text || !(await this.editor.apply(shown.edit))) {
      const pressed = await this.editor.warn("Glossator: the file has changed since the preview was made.", AGAIN);
      if (pressed === AGAIN) {
        await this.show(shown.data);
      }
      return;
    }
    this.shown = undefined;
    await this.editor.closeDiff(shown.of.uri);
  }
}
