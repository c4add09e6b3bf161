/** What brings one fact, by I/O or by work. One file (or folder) of `facts/` each. */
import type { Body } from '../../platform/values/body.ts';
import type { Envelope, Recipient } from '../../platform/values/envelope.ts';
import type { Fact, FactName, Learnable } from './facts.ts';
import type { ListenerRole, Session } from '../../platform/values/session.ts';

/**
 * When it is learnt, and for how long it holds:
 * - `client`: from the first MAIL on, once a session (again after another HELO)
 * - `sender`: from MAIL on, once a transaction
 * - `recipient`: at RCPT, for each recipient
 * - `message`: at the end of DATA
 */
export type LearnerStage = 'client' | 'sender' | 'recipient' | 'message';

export interface Inquiry {
  readonly at: number;
  readonly session: Session;
  /** From MAIL on. */
  readonly envelope: Omit<Envelope, 'recipients'>;
  /** Taken so far. */
  readonly recipients: readonly Recipient[];
  /** At RCPT, the one that is asked for. */
  readonly recipient?: Recipient;
  /** At the end of DATA; `head` are the fields that we add on top. */
  readonly message?: { readonly id: string; readonly body: Body; readonly head: string };
  /** Another fact, of this stage or an earlier one; it is learnt once, whoever asks. Undefined where it is not asked for. */
  fact<N extends FactName>(name: N): Promise<Fact<Learnable[N]> | undefined>;
  /** Aborted when the time budget is used up. Made for who asks for it. */
  readonly signal: () => AbortSignal;
}

export interface Learner<N extends FactName = FactName> {
  readonly name: N;
  readonly stage: LearnerStage;
  /** The listeners whose mail it is asked about. */
  readonly roles: readonly ListenerRole[];
  /**
   * Undefined where it has no meaning here. Whatever it rejects with becomes a fault that says why; it need not mind
   * the time, but gives up what it can when `signal()` is aborted.
   */
  learn(inquiry: Inquiry): Promise<Learnable[N] | undefined> | Learnable[N] | undefined;
}
