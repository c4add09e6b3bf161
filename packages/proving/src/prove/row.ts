/** A row of the table: one way for things to go wrong. */
import type { FailpointName } from '@mailpair/shared/platform/process/failpoint';
import type { Chance } from '../loopback/chance.ts';
import type { Ground } from './ground.ts';
import type { WorldNeeds } from './world.ts';
import type { RoleName } from '@mailpair/shared/platform/values/role-name';

export interface Play {
  readonly chance: Chance;
  /** Fewer times each. */
  readonly isQuick: boolean;
}

export interface Row {
  /** `outbound/kill/spool.committed`: who, what, where. */
  readonly name: string;
  readonly role: RoleName;
  /** For people: what goes wrong, in words. */
  readonly title: string;
  readonly needs?: WorldNeeds;
  /** Points of the code that must be reached, or the row has proven nothing. */
  readonly reaches?: readonly FailpointName[];
  /** Brings it about and mends it. What is wrong beyond the mail goes to `ground.faults`. */
  run(ground: Ground, play: Play): Promise<void>;
}
