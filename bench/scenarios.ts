/** The parts of a run, and the loads that each of them is. */
import type { Kind } from './candidate.ts';
import type { Scenario } from './result.ts';

/** In the order in which they are run. `accept` and `idle` are no loads: accept-times.ts, idle.ts. */
export const parts = ['relay', 'queue', 'large', 'new', 'tls', 'judged', 'accept', 'idle'] as const;
export type Part = (typeof parts)[number];

const SESSIONS = 20;
const SMALL_BYTES = 4 * 1024;
const LARGE_BYTES = 5 * 2 ** 20;

/** `sizesBytes` are those of relay, queue and judged. */
export function scenariosOf(part: Part, sizesBytes: readonly number[]): Scenario[] {
  switch (part) {
    case 'relay':
    case 'queue':
    case 'judged':
      return sizesBytes.map((sizeBytes) => scenario(part, { sizeBytes }));
    case 'large':
      return both({ sizeBytes: LARGE_BYTES });
    case 'new':
      return both({ connections: 'new' });
    case 'tls':
      return [scenario('relay', { tls: true }), scenario('relay', { tls: true, connections: 'new' })];
    case 'accept':
    case 'idle':
      return [];
  }
}

const both = (how: Partial<Scenario>): Scenario[] => [scenario('relay', how), scenario('queue', how)];

export const scenario = (kind: Kind, how: Partial<Scenario> = {}): Scenario => ({
  kind,
  sizeBytes: SMALL_BYTES,
  sessions: SESSIONS,
  connections: 'kept',
  tls: false,
  ...how,
});
