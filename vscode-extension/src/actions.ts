/** Which of the server's code actions does what a command means. Pure. */

import type { ActionData, CodeAction } from "./protocol";

export type Scope = "symbol" | "members" | "file" | "repair" | "stale";

/** The kinds that the extension's commands ask for. */
export const KINDS = ["refactor.rewrite.glossator", "source.document.glossator", "source.fixAll.glossator"] as const;

/** What a code action is about: in its data, or in the argument of its command; nothing for other servers' actions. */
export function dataOf(action: CodeAction): ActionData | undefined {
  const data = action.data ?? action.command?.arguments?.[0];
  if (typeof data !== "object" || data === null || !("scope" in data) || !("uri" in data)) {
    return undefined;
  }
  return data as ActionData;
}

/** The action of a scope in the embedded provider's words, or in a model's. */
export function find(actions: readonly CodeAction[], scope: Scope, words: "embedded" | "model"): ActionData | undefined {
  return actions.map(dataOf).find((data) => data?.scope === scope && Boolean(data.model) === (words === "model"));
}

/** The name of the model that the settings chose, as the titles of its actions say it; "" where none is. */
export function modelOf(actions: readonly CodeAction[]): string {
  for (const action of actions) {
    const data = dataOf(action);
    const plain = actions.find((one) => dataOf(one)?.scope === data?.scope && !dataOf(one)?.model);
    if (data?.model && plain && action.title.startsWith(`${plain.title} with `)) {
      return action.title.slice(`${plain.title} with `.length);
    }
  }
  return "";
}
