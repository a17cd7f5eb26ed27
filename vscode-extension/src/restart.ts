/** When the server is started again: reasons that come together make one start, and crashes are waited out. */

export interface Timers {
  now(): number;
  after(ms: number, action: () => void): () => void;
}

export const realTimers: Timers = {
  now: () => Date.now(),
  after: (ms, action) => {
    const timer = setTimeout(action, ms);
    return () => clearTimeout(timer);
  },
};

const TOGETHER_MS = 300;

/** Runs one action at a time; what is asked for while it waits or runs makes one more run, however often. */
export class Coalesced {
  private running: Promise<void> | undefined;
  private isWanted = false;
  private cancel: (() => void) | undefined;

  constructor(
    private readonly action: () => Promise<void>,
    private readonly timers: Timers = realTimers,
  ) {}

  /** Ask for a run, a moment or `ms` from now. */
  request(ms: number = TOGETHER_MS): void {
    this.cancel?.();
    this.cancel = this.timers.after(ms, () => void this.run());
  }

  /** Ask for no run any more. */
  stop(): void {
    this.cancel?.();
    this.isWanted = false;
  }

  /** Run now, or once more after the run that is under way; ends when nothing is left to do. */
  async run(): Promise<void> {
    this.isWanted = true;
    this.running ??= this.drain();
    await this.running;
  }

  private async drain(): Promise<void> {
    try {
      while (this.isWanted) {
        this.isWanted = false;
        await this.action();
      }
    } finally {
      this.running = undefined;
    }
  }
}

const FIRST_MS = 500;
const WINDOW_MS = 180_000;
const MOST = 5;

/** How long to wait after a crash: twice as long each time, and not at all any more after five within three minutes. */
export class BackOff {
  private crashes: number[] = [];

  constructor(private readonly timers: Timers = realTimers) {}

  /** A crash has happened: milliseconds until the next start, or undefined to give up. */
  crashed(): number | undefined {
    const now = this.timers.now();
    this.crashes = [...this.crashes.filter((time) => now - time < WINDOW_MS), now];
    return this.crashes.length > MOST ? undefined : FIRST_MS * 2 ** (this.crashes.length - 1);
  }

  /** A person wants another try. */
  forgive(): void {
    this.crashes = [];
  }
}
