/**
 * Determines whether an address is alive. Only several consecutive observations to the contrary change the
 * state, so one lost packet withdraws no address and an unstable node stays withdrawn. Pure.
 */

/** The result of observing an address; `unknown` if this host has no route to it. */
export type Answer = 'yes' | 'no' | 'unknown';

export interface Health {
  /** Null until the address has responded once, or has failed often enough. */
  readonly alive: boolean | null;
  /** The number of consecutive observations that contradict `alive`. */
  readonly against: number;
}

export interface Patience {
  /** The number of consecutive failures after which an address is dead. */
  readonly deadAfter: number;
  /** The number of consecutive responses after which an address is alive again. */
  readonly backAfter: number;
}

export const notLookedAt: Health = { alive: null, against: 0 };

export function afterLook(
  { alive, against }: Health,
  answer: Answer,
  { deadAfter, backAfter }: Patience,
): Health {
  if (answer === 'unknown') return { alive, against };
  const answered = answer === 'yes';
  if (answered === alive || (alive === null && answered)) return { alive: answered, against: 0 };
  const enough = against + 1 >= (answered ? backAfter : deadAfter);
  return enough ? { alive: answered, against: 0 } : { alive, against: against + 1 };
}

/** True if the address has never responded and is not yet considered dead. */
export const isUndecided = ({ alive, against }: Health): boolean => alive === null && against > 0;
