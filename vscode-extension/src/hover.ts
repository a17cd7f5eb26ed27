/** The links that a hover gets. Only this text is trusted, and only for two commands; the server's stays untrusted. */

import { find, modelOf } from "./actions";
import type { ActionData, CodeAction, Range } from "./protocol";

export const INSERT = "glossator.editor.insert";
export const IMPROVE = "glossator.editor.improve";
export const LINK_COMMANDS: readonly string[] = [INSERT, IMPROVE];

/** The links of a preview, as Markdown; "" where the actions offer nothing for the symbol. */
export function links(actions: readonly CodeAction[]): string {
  const shown: string[] = [];
  const insert = find(actions, "symbol", "embedded");
  if (insert) {
    shown.push(link("Insert", INSERT, insert));
  }
  const improve = find(actions, "symbol", "model");
  if (improve) {
    shown.push(link(`Improve with ${escaped(modelOf(actions) || "the model")}`, IMPROVE, improve));
  }
  return shown.join(" · ");
}

/**
 * Whether a hover's range is the name in a definition, and not a use of it.
 *
 * The server's actions are about what a place lies in, so for a use they would be about the wrong symbol.
 */
export function isDefinition(line: string, range: Range): boolean {
  const header = /^\s*(?:async\s+def|def|class)\s+/.exec(line);
  return header !== null && range.start.character === header[0].length;
}

function link(title: string, command: string, data: ActionData): string {
  // encodeURIComponent leaves the characters ' ( ) * as they are, and a bracket would end the link.
  const argument = encodeURIComponent(JSON.stringify([data])).replace(/[()'*]/g, (one) => `%${one.charCodeAt(0).toString(16)}`);
  return `[${title}](command:${command}?${argument})`;
}

function escaped(name: string): string {
  return name.replace(/[^\p{L}\p{N} ._:/-]/gu, "").replace(/_/g, "\\_");
}
