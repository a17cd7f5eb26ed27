/** What the status bar says. Pure. */

export interface State {
  readonly phase: "starting" | "running" | "missing" | "crashed" | "stopped";
  readonly server: string;
  readonly provider: string;
  readonly mode: string;
  readonly inFlight: number;
  readonly isPaused: boolean;
  readonly isTrusted: boolean;
  readonly lastError: string;
}

export const INITIAL: State = {
  phase: "starting",
  server: "",
  provider: "",
  mode: "",
  inFlight: 0,
  isPaused: false,
  isTrusted: true,
  lastError: "",
};

export interface Shown {
  readonly text: string;
  readonly tooltip: string;
  readonly isWarning: boolean;
}

/** A state as an item of the status bar. */
export function shown(state: State): Shown {
  const isBroken = state.phase === "missing" || state.phase === "crashed";
  return { text: `${icon(state)} Glossator${count(state)}`, tooltip: tooltip(state), isWarning: isBroken };
}

function icon(state: State): string {
  if (state.phase === "missing" || state.phase === "crashed") {
    return "$(warning)";
  }
  if (state.phase === "starting" || state.inFlight > 0) {
    return "$(sync~spin)";
  }
  return state.isPaused ? "$(debug-pause)" : "$(book)";
}

function count(state: State): string {
  return state.inFlight > 0 ? `: ${state.inFlight}` : "";
}

const PHASES: Record<State["phase"], string> = {
  starting: "The server is starting.",
  running: "The server is running.",
  missing: "No server was found; select this for what to do.",
  crashed: "The server has crashed too often; select this to start it again.",
  stopped: "The server is stopped.",
};

function tooltip(state: State): string {
  const lines = [
    PHASES[state.phase],
    state.server && `Server: ${state.server}`,
    `Provider: ${state.isTrusted ? state.provider || "as the user file says" : "embedded (the workspace is not trusted)"}`,
    `Mode: ${state.mode || "as the user file says"}`,
    state.inFlight > 0 && `In flight: ${state.inFlight}`,
    state.isPaused && "Models are paused.",
    state.lastError && `Last error: ${state.lastError}`,
  ];
  return lines.filter(Boolean).join("\n");
}
