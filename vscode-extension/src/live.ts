/** What a model is writing, as it grows: the text of the live preview. */

import type { Preview } from "./protocol";

const MOST_SHOWN = 20;

export class LivePreview {
  private readonly seen = new Map<string, Preview>();

  /** Take a notification; the whole text to show. The newest symbol stands first. */
  take(preview: Preview): string {
    const key = `${preview.uri} ${preview.path}`;
    this.seen.delete(key);
    this.seen.set(key, preview);
    for (const oldest of this.seen.keys()) {
      if (this.seen.size <= MOST_SHOWN) {
        break;
      }
      this.seen.delete(oldest);
    }
    return this.text;
  }

  /** Forget all: another run begins. */
  clear(): void {
    this.seen.clear();
  }

  get text(): string {
    return [...this.seen.values()].reverse().map(section).join("\n\n");
  }
}

function section(preview: Preview): string {
  const title = `${preview.path || "(the page)"} — ${state(preview)}`;
  return `${title}\n${"─".repeat(Math.min(title.length, 80))}\n${preview.text}`;
}

function state(preview: Preview): string {
  if (preview.draft) {
    return "said of similar code; not written, since nobody could be asked";
  }
  if (!preview.done) {
    return "being written …";
  }
  const names = [...new Set(Object.values(preview.fields ?? {}))];
  return names.length > 0 ? `done, by ${names.join(", ")}` : "done";
}
