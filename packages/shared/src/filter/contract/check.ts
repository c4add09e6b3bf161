/** A check: facts in, findings out. No I/O; what it needs to know was learnt before. */
import type { FactName, Facts } from './facts.ts';
import type { Finding } from './verdict.ts';
import type { ListenerRole } from '../../platform/values/session.ts';

export interface Check {
  /** As in `rule` of its findings, up to the first dot. */
  readonly name: string;
  /** `rcpt`: for every recipient, before it is taken. `message`: at the end of DATA. */
  readonly stage: 'rcpt' | 'message';
  /** The listeners whose mail it judges. */
  readonly roles: readonly ListenerRole[];
  /** What must have been learnt. Where one is absent the check is passed over; where one is a fault, see `onFault`. */
  readonly needs: readonly FactName[];
  /** When something it needs could not be learnt: go on without it, or ask the client to come back. */
  readonly onFault: 'accept' | 'defer';
  judge(facts: Facts): readonly Finding[];
}
