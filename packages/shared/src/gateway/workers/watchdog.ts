/**
 * Whether a worker hangs: it gave signs of life and then none, for as long as it is configured to have. Pure.
 *
 * Counted are the looks of the supervisor, not time. A supervisor that could not run (the machine was suspended, all processes
 * were stopped, there was no CPU to be had) did not look either, and a clock that jumps changes nothing. A look does not count
 * while the kernel says that the worker waits for a disk, or that somebody stopped it: it would go on by itself.
 */

/** What the kernel says of a process: it computes, waits for something, waits for a disk, was stopped by somebody. */
export type ProcessState = 'runs' | 'waits' | 'disk' | 'stopped';

/** Silent for so long: to be ended, or let be for what the kernel says. */
export interface Silence {
  readonly hangs: boolean;
  readonly state: ProcessState;
}

/** How often a worker gives a sign of life, and its supervisor looks. */
export const SIGN_MS = 1_000;
/** Fewer say nothing. */
const FEWEST_LOOKS = 3;

export class Watchdog {
  /** Infinity: it gave none yet, or is not to be watched. */
  #lookLimit = Infinity;
  #silent = 0;
  #counted = 0;

  /** A sign of life. @param hangAfterMs 0: there is no silence that is too long */
  sign(hangAfterMs: number): void {
    this.#lookLimit = hangAfterMs > 0 ? Math.max(FEWEST_LOOKS, Math.ceil(hangAfterMs / SIGN_MS)) : Infinity;
    this.#silent = 0;
    this.#counted = 0;
  }

  /** @returns the silence when it has just become too long */
  look(stateNow: () => ProcessState): Silence | undefined {
    if (this.#lookLimit === Infinity) return undefined;
    this.#silent += 1;
    if (this.#silent < FEWEST_LOOKS) {
      this.#counted += 1;
      return undefined;
    }
    const state = stateNow();
    const isExcused = state === 'disk' || state === 'stopped';
    if (!isExcused) this.#counted += 1;
    if (this.#counted === this.#lookLimit && !isExcused) return { hangs: true, state };
    return this.#silent === this.#lookLimit ? { hangs: false, state } : undefined;
  }
}

/** The third field of /proc/PID/stat (proc(5)); a command may hold any octet, so it is found from the end. */
export function stateIn(stat: string): ProcessState {
  switch (stat.slice(stat.lastIndexOf(')') + 2, stat.lastIndexOf(')') + 3)) {
    case 'R':
      return 'runs';
    case 'D':
      return 'disk';
    case 'T':
    case 't':
      return 'stopped';
    default:
      return 'waits';
  }
}
