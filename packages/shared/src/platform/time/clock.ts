/** Time as an argument, so that a test can set it. */
export interface Clock {
  /** Milliseconds since the epoch. */
  now(): number;
}

export const systemClock: Clock = { now: () => Date.now() };

/** Counts from the start of the process, and never jumps. */
export const steadyClock: Clock = { now: () => performance.now() };

/**
 * What the system's clock said when it was first asked in this turn of the event loop, as libuv and nginx keep it too: a
 * message on its way asks twenty times. It is late by what the turn has done since.
 */
export const turnClock: Clock = {
  now() {
    if (turnBeganAt !== undefined) return turnBeganAt;
    setImmediate(forget);
    return (turnBeganAt = Date.now());
  },
};

let turnBeganAt: number | undefined;

function forget(): void {
  turnBeganAt = undefined;
}
