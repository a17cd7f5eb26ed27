/** The links that a hover gets. Only this text is trusted, and only for two commands; the server's stays untrusted. */

import { find, modelOf } from "./actions";
import type { ActionData, CodeAction, Range } from "./protocol";

export const INSERT = "glossator.editor.insert";
export const IMPROVE = "glossator.editor.improve";
export const LINK_COMMANDS: readonly string[] = [INSERT, IMPROVE];

/** What can be written where a hover is; `model` is "" where none is chosen. */
export interface Offer {
  readonly insert?: ActionData | undefined;
  readonly improve?: ActionData | undefined;
  readonly model: string;
}

/** The answer to `glossator/hover`, as far as links are made from it. */
export interface HoverData {
  readonly can_insert: boolean;
  readonly model: string;
  readonly data: ActionData | null;
}

/** The offer in a server's answer for a hover. */
export function offerOf(hover: HoverData | null): Offer {
  if (!hover?.can_insert || !hover.data) {
    return { model: "" };
  }
  return { insert: hover.data, improve: hover.model ? { ...hover.data, model: "yes" } : undefined, model: hover.model };
}

/** The offer of the actions at a definition, for servers that do not answer for hovers. */
export function offerIn(actions: readonly CodeAction[]): Offer {
  return { insert: find(actions, "symbol", "embedded"), improve: find(actions, "symbol", "model"), model: modelOf(actions) };
}

/** The links of a preview, as Markdown; "" where nothing is offered. */
export function links({ insert, improve, model }: Offer): string {
  const shown = [
    insert && link("Insert", INSERT, insert),
    improve && link(`Improve with ${escaped(model || "the model")}`, IMPROVE, improve),
  ];
  return shown.filter(Boolean).join(" · ");
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
