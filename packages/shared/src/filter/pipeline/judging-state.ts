/** Which checks a gateway has on, for the operator. */
import type { ListenerRole } from '../../platform/values/session.ts';

export interface JudgingState {
  readonly mode: 'enforce' | 'observe' | 'off';
  readonly checks: readonly CheckState[];
}

export interface CheckState {
  readonly name: string;
  readonly stage: 'rcpt' | 'message';
  readonly roles: readonly ListenerRole[];
  /** What is done with mail that it could not look at. */
  readonly onFault: 'accept' | 'defer';
}
