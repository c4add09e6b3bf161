/**
 * What was learnt of a client and its message: plain JSON, so that a record keeps it and it can be judged again.
 *
 * `L` has a member for each thing that can be learnt. Each subject names its own in its `facts.ts`; a check or a learner names
 * those that it reads; `pipeline/facts.ts` has them all. What is absent was not asked for: switched off, or without meaning for
 * this message. What could not be learnt is a fault, never silence.
 */
import type { ListenerRole } from '../../platform/values/session.ts';

export type Fact<T> =
  | { readonly kind: 'known'; readonly value: T; readonly tookMs: number }
  /** It could not be learnt: a resolver that is silent, an engine that is down, a time budget used up. */
  | { readonly kind: 'fault'; readonly reason: string; readonly tookMs: number };

export type Learnt<L> = { readonly [N in keyof L]?: Fact<L[N]> };

export interface Facts<L = object> {
  readonly role: ListenerRole;
  /** Ms since the epoch. */
  readonly at: number;
  readonly client: {
    readonly address: string;
    readonly helo: string;
    readonly tls: boolean;
    readonly trusted: boolean;
    /** It spoke before it was greeted. */
    readonly spokeEarly?: true;
    readonly user?: string;
  };
  readonly reversePath: string;
  /** Recipients taken so far, and at RCPT the one that is asked for as the last. */
  readonly recipients: readonly string[];
  /** Absent before the end of DATA. */
  readonly message?: { readonly sizeBytes: number; readonly hops: number; readonly eightBit: boolean };
  readonly learnt: Learnt<L>;
}
