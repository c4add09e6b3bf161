/** A row of the table: one kind of failure. */
import type { FailpointName } from '@mailpair/shared/platform/process/failpoint';
import type { Chance } from '../loopback/chance.ts';
import type { Ground } from './ground.ts';
import type { WorldNeeds } from './world.ts';
import type { RoleName } from '@mailpair/shared/platform/values/role-name';

export interface Play {
  readonly chance: Chance;
  /** Whether to use fewer repetitions. */
  readonly isQuick: boolean;
}

export interface Row {
  /** Role, kind and place: `outbound/kill/spool.committed`. */
  readonly name: string;
  readonly role: RoleName;
  /** A description of the failure for a person. */
  readonly title: string;
  readonly needs?: WorldNeeds;
  /** Failpoints that must be reached; otherwise the row proves nothing. */
  readonly reaches?: readonly FailpointName[];
  /** Causes the failure and repairs it. Faults other than those of the mail are added to `ground.faults`. */
  run(ground: Ground, play: Play): Promise<void>;
}
