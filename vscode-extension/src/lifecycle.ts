/** The server's life: found, started, started again after a crash or a change, and what the status says meanwhile. */

import { discover, told, type Choice, type Server as Found, type World } from "./discovery";
import type { Server } from "./port";
import { BackOff, Coalesced, realTimers, type Timers } from "./restart";
import { INITIAL, type State } from "./status";

/** A server that runs. */
export interface Running extends Server {
  stop(): Promise<void>;
}

/** What the lifecycle needs from outside. */
export interface Stage {
  world(): World;
  /** Start a server; `closed` is called when its connection ends. Throws where it does not start. */
  launch(found: Found, closed: () => void): Promise<Running>;
  log(text: string): void;
  changed(state: State): void;
  /** There is no server; shown to the user. */
  missing(choice: Choice): void;
  /** The server has crashed too often. */
  gaveUp(): void;
}

export class Lifecycle {
  private state: State = INITIAL;
  private running: Running | undefined;
  private choice: Choice = { server: undefined, tried: [] };
  private launches = 0;
  private readonly backOff: BackOff;
  private readonly starts: Coalesced;

  constructor(
    private readonly stage: Stage,
    timers: Timers = realTimers,
  ) {
    this.backOff = new BackOff(timers);
    this.starts = new Coalesced(() => this.startAnew(), timers);
  }

  /** Start, now. */
  async start(): Promise<void> {
    await this.starts.run();
  }

  /** Something changed that the server depends on: start it anew in a moment, once for all that comes together. */
  changed(): void {
    this.starts.request();
  }

  /** The user wants the server anew. */
  async restart(): Promise<void> {
    this.backOff.forgive();
    await this.starts.run();
  }

  /** The running server. Throws an Error that says why there is none. */
  get server(): Server {
    if (this.running) {
      return this.running;
    }
    throw new Error(this.state.phase === "missing" ? "there is no server" : "the server is not running yet");
  }

  /** In words, which server was chosen and why. */
  get explanation(): string {
    return told(this.choice);
  }

  /** Change what the status says. */
  set(part: Partial<State>): void {
    this.state = { ...this.state, ...part };
    this.stage.changed(this.state);
  }

  /** A piece of work begins (1) or ends (-1). */
  count(by: 1 | -1): void {
    this.set({ inFlight: Math.max(0, this.state.inFlight + by) });
  }

  async stop(): Promise<void> {
    this.starts.stop();
    await this.end();
  }

  private async startAnew(): Promise<void> {
    await this.end();
    this.set({ phase: "starting", inFlight: 0, isPaused: false });
    this.choice = await discover(this.stage.world());
    this.stage.log(told(this.choice));
    const { server } = this.choice;
    if (!server) {
      this.set({ phase: "missing", server: "" });
      this.stage.missing(this.choice);
      return;
    }
    const launch = ++this.launches;
    try {
      this.running = await this.stage.launch(server, () => this.closed(launch));
      this.set({ phase: "running", server: `${server.version}, from ${server.place}`, lastError: "" });
    } catch (error) {
      this.set({ lastError: error instanceof Error ? error.message : String(error) });
      this.closed(launch);
    }
  }

  private async end(): Promise<void> {
    this.launches += 1; // what closes now was meant to
    const { running } = this;
    this.running = undefined;
    await running?.stop();
  }

  /** A server ended by itself; once for each launch. */
  private closed(launch: number): void {
    if (launch !== this.launches) {
      return;
    }
    this.launches += 1;
    this.running = undefined;
    const ms = this.backOff.crashed();
    if (ms === undefined) {
      this.set({ phase: "crashed", inFlight: 0 });
      this.stage.gaveUp();
      return;
    }
    this.stage.log(`The server ended by itself; it is started again in ${ms / 1000} s.`);
    this.set({ phase: "starting", inFlight: 0 });
    this.starts.request(ms);
  }
}
