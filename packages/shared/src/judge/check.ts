/** A check: facts in, verdict out. No I/O; what it needs to know was learnt before. */
import type { Body } from '../values/body.ts';
import type { Envelope } from '../values/envelope.ts';
import type { Session } from '../values/session.ts';
import type { Verdict } from '../values/verdict.ts';

export interface Facts {
  readonly session: Session;
  readonly envelope: Envelope;
  readonly body: Pick<Body, 'sizeBytes' | 'hops' | 'eightBit'>;
}

export type Check = (facts: Facts) => Verdict;
