/** What brings one fact, by I/O or by work. */
import type { Body } from '../../platform/values/body.ts';
import type { Envelope, Recipient } from '../../platform/values/envelope.ts';
import type { Fact } from './facts.ts';
import type { ListenerRole, Session } from '../../platform/values/session.ts';

/**
 * When it is learnt, and for how long it holds:
 * - `client`: from the first MAIL on, once a session (again after another HELO)
 * - `sender`: from MAIL on, once a transaction
 * - `recipient`: at RCPT, for each recipient
 * - `message`: at the end of DATA
 */
export type LearnerStage = 'client' | 'sender' | 'recipient' | 'message';

/** `R` names the other facts that may be asked for. */
export interface Inquiry<R = object> {
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
  fact<N extends keyof R>(name: N): Promise<Fact<R[N]> | undefined>;
  /** Aborted when the time budget is used up. Made for who asks for it. */
  readonly signal: () => AbortSignal;
}

/** `R` names the other facts that it reads. */
export interface Learner<R = object> {
  /** Of the fact that it brings. */
  readonly name: string;
  readonly stage: LearnerStage;
  /** The listeners whose mail it is asked about. */
  readonly roles: readonly ListenerRole[];
  /**
   * The fact, or a promise of it; undefined where it has no meaning here. Whatever it rejects with becomes a fault that says
   * why; it need not mind the time, but gives up what it can when `signal()` is aborted.
   */
  learn(inquiry: Inquiry<R>): unknown;
}

/** A learner of the fact `N` of a subject, whose facts are `L`. */
export interface LearnerOf<L, N extends keyof L & string, R = object> extends Learner<R> {
  readonly name: N;
  learn(inquiry: Inquiry<R>): Promise<L[N] | undefined> | L[N] | undefined;
}
