/** A check: facts in, findings out. No I/O; what it needs to know was learnt before. */
import type { Facts } from './facts.ts';
import type { Finding } from './verdict.ts';
import type { ListenerRole } from '../../platform/values/session.ts';

/** `rcpt`: for every recipient, before it is taken. `message`: at the end of DATA. */
export type CheckStage = 'rcpt' | 'message';

/** `L` names what it reads of what was learnt. */
export interface Check<L = object> {
  /** As in `rule` of its findings, up to the first dot. */
  readonly name: string;
  readonly stage: CheckStage;
  /** The listeners whose mail it judges. */
  readonly roles: readonly ListenerRole[];
  /** What must have been learnt. Where one is absent the check is passed over; where one is a fault, see `onFault`. */
  readonly needs: readonly (keyof L)[];
  /** When something it needs could not be learnt: go on without it, or ask the client to come back. */
  readonly onFault: 'accept' | 'defer';
  /** @param found what the checks before it found, at RCPT too */
  judge(facts: Facts<L>, found?: readonly Finding[]): readonly Finding[];
}
