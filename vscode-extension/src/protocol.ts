/** The parts of the Language Server Protocol, and of Glossator's own messages, that the extension looks into. */

export interface Position {
  readonly line: number;
  readonly character: number;
}

export interface Range {
  readonly start: Position;
  readonly end: Position;
}

export interface TextEdit {
  readonly range: Range;
  readonly newText: string;
}

export interface WorkspaceEdit {
  readonly changes?: Record<string, TextEdit[]>;
  readonly documentChanges?: readonly { textDocument?: { uri: string; version: number | null }; edits?: TextEdit[] }[];
}

/** What an action is about; the server needs no more to do it, and refuses it for code that has changed since. */
export interface ActionData {
  readonly uri: string;
  readonly scope: string;
  readonly path?: string;
  readonly fingerprint?: string;
  readonly docstring?: string;
  readonly model?: string;
}

export interface CodeAction {
  readonly title: string;
  readonly kind?: string;
  readonly data?: ActionData;
  readonly edit?: WorkspaceEdit;
  readonly command?: { readonly command: string; readonly arguments?: readonly unknown[] };
}

/** The notification `glossator/preview`. */
export interface Preview {
  readonly uri: string;
  readonly path: string;
  readonly text: string;
  readonly done: boolean;
  readonly draft?: boolean;
  readonly fields?: Record<string, string>;
}

/** What the server's commands answer; which keys there are depends on the command. */
export interface Outcome {
  readonly applied?: boolean;
  readonly files?: number;
  readonly cleared?: number;
  readonly uri?: string;
  readonly model?: string;
  readonly written?: readonly string[];
}

/** Where the edits of a document stand in a workspace edit, whichever form it has. */
export function editsOf(edit: WorkspaceEdit | undefined, uri: string): TextEdit[] {
  const versioned = (edit?.documentChanges ?? []).filter((one) => one.textDocument?.uri === uri);
  return [...versioned.flatMap((one) => one.edits ?? []), ...(edit?.changes?.[uri] ?? [])];
}

/** A text with edits applied. Positions count UTF-16 units, as JavaScript's strings do. */
export function applied(text: string, edits: readonly TextEdit[]): string {
  const starts = [0];
  for (const match of text.matchAll(/\r\n|\r|\n/g)) {
    starts.push(match.index + match[0].length);
  }
  const offset = (at: Position): number =>
    Math.min((starts[at.line] ?? text.length) + at.character, starts[at.line + 1] ?? text.length, text.length);
  const placed = edits.map((edit, order) => ({ start: offset(edit.range.start), end: offset(edit.range.end), edit, order }));
  placed.sort((one, other) => other.start - one.start || other.order - one.order);
  return placed.reduce((rest, { start, end, edit }) => rest.slice(0, start) + edit.newText + rest.slice(end), text);
}
