/** What the commands need of an editor and of a running server. `editor.ts` has VS Code's; the tests have one of their own. */

import type { Position, WorkspaceEdit } from "./protocol";

/** A text that is open in the editor, as it is now. */
export interface OpenText {
  readonly uri: string;
  readonly name: string;
  readonly languageId: string;
  readonly version: number;
  readonly text: string;
}

/** The text that has the focus, and the cursor in it. */
export interface Here extends OpenText {
  readonly position: Position;
}

export interface Editor {
  here(): Here | undefined;
  open(uri: string): Promise<OpenText | undefined>;
  /** Say something; the button that was pressed. */
  inform(text: string, ...buttons: string[]): Promise<string | undefined>;
  warn(text: string, ...buttons: string[]): Promise<string | undefined>;
  /** Ask before something large; whether it was agreed to. */
  agree(text: string, detail: string, button: string): Promise<boolean>;
  ask(title: string, prompt: string, wrong: (text: string) => string | undefined, isSecret: boolean): Promise<string | undefined>;
  pick<T extends { readonly label: string }>(title: string, items: readonly T[]): Promise<T | undefined>;
  /** Show a text of ours beside, or renew it where it is shown. */
  show(name: string, text: string): Promise<void>;
  /** Show what a text would become; the name identifies it. */
  diff(of: OpenText, after: string, title: string): Promise<void>;
  closeDiff(uri: string): Promise<void>;
  apply(edit: WorkspaceEdit): Promise<boolean>;
  /** Open a file; one that does not exist is made with `text`. */
  openFile(path: string, text: string): Promise<void>;
  openUri(uri: string): Promise<void>;
  run(command: string): Promise<void>;
}

export interface Server {
  request<T>(method: string, params: unknown): Promise<T>;
  notify(method: string, params: unknown): Promise<void>;
}

/** Tells how far some work is. */
export type Report = (message: string, percentage: number) => void;

/** Work that is shown with a cancel button: it says what that button does. */
export type Work<T> = (report: Report, onCancel: (cancel: () => void) => void) => Promise<T>;
