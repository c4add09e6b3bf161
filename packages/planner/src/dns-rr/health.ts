/**
 * Whether an address is taken to be alive: only several looks in a row that say otherwise change that, so that one
 * lost packet withdraws nobody and a node that comes and goes stays away. Pure.
 */

/** What a look at an address found; unknown when this host has no way to reach such an address at all. */
export type Answer = 'yes' | 'no' | 'unknown';

export interface Health {
  /** Null until it has answered, or has failed to often enough. */
  readonly alive: boolean | null;
  /** Looks in a row that speak against `alive`. */
  readonly against: number;
}

export interface Patience {
  /** Looks in a row without an answer before it is dead. */
  readonly deadAfter: number;
  /** Looks in a row with an answer before it is back. */
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

/** It has not answered yet, and may still. */
export const isUndecided = ({ alive, against }: Health): boolean => alive === null && against > 0;
