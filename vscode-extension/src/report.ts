/** The server's numbers as a page for people. Pure. */

export interface Stats {
  readonly tiers?: Record<string, Record<string, number>>;
  readonly requests?: Record<string, Record<string, number>>;
  readonly providers?: Record<string, Record<string, unknown>>;
  readonly queues?: Record<string, number>;
  readonly process?: Record<string, number>;
  /** What the settings of all places choose, where the server says so. */
  readonly settings?: { readonly provider: readonly string[]; readonly mode: string };
}

/** Statistics as Markdown. */
export function statistics(stats: Stats): string {
  const process = stats.process ?? {};
  const parts = [
    "# Glossator: this server's numbers",
    `Memory: ${Math.round((process["rss_bytes"] ?? 0) / 1e6)} MB. Processor time: ${(process["cpu_s"] ?? 0).toFixed(1)} s.`,
    table("Cache", ["tier", "hits", "misses", "entries", "MB"], rows(stats.tiers, (name, one) => [
      name, whole(one["hits"]), whole(one["misses"]), whole(one["entries"]), ((one["bytes"] ?? 0) / 1e6).toFixed(1),
    ])),
    table("Requests", ["method", "count", "p50 ms", "p99 ms"], rows(stats.requests, (name, one) => [
      name, whole(one["count"]), ms(one["p50_us"]), ms(one["p99_us"]),
    ])),
    table("Providers", ["name", "calls", "tokens in", "tokens out", "cost"], rows(stats.providers, (name, one) => [
      name, whole(one["calls"]), whole(one["tokens_in"]), whole(one["tokens_out"]), `$${Number(one["cost"] ?? 0).toFixed(4)}`,
    ])),
  ];
  return `${parts.filter(Boolean).join("\n\n")}\n`;
}

function rows<T>(of: Record<string, T> | undefined, row: (name: string, one: T) => string[]): string[][] {
  return Object.entries(of ?? {}).map(([name, one]) => row(name, one));
}

function table(title: string, head: string[], body: string[][]): string {
  if (body.length === 0) {
    return "";
  }
  const line = (cells: string[]): string => `| ${cells.map((cell) => cell.replace(/\|/g, "\\|")).join(" | ")} |`;
  return [`## ${title}`, "", line(head), line(head.map(() => "---")), ...body.map(line)].join("\n");
}

function whole(value: unknown): string {
  return String(Number(value ?? 0));
}

function ms(value: number | undefined): string {
  return ((value ?? 0) / 1000).toFixed(1);
}
