/** A row of the table: one way for things to go wrong, and what became of the mail. */
import type { RoleName } from '../loopback/ledger.ts';
import type { FailpointName } from '../system/failpoint.ts';
import type { Chance } from './chance.ts';
import type { Ground, GroundNeeds } from './ground.ts';

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
  readonly needs?: GroundNeeds;
  /** Points of the code that must be reached, or the row has proven nothing. */
  readonly reaches?: readonly FailpointName[];
  /** Brings it about and mends it. What is wrong beyond the mail goes to `ground.faults`. */
  run(ground: Ground, play: Play): Promise<void>;
}

/** Counts are recipients. */
export interface RowResult {
  readonly name: string;
  readonly title: string;
  /** How often it was played. */
  readonly runs: number;
  readonly acknowledged: number;
  readonly arrived: number;
  readonly bounced: number;
  readonly lost: number;
  readonly duplicated: number;
  /** Copies of what was under way when something was killed, cut off or reset. */
  readonly inFlight: number;
  readonly altered: number;
  /** What is wrong, in words. */
  readonly faults: readonly string[];
  /** Why it was not run; such a row has proven nothing. */
  readonly notRun?: string;
}

export const passes = ({ faults, notRun, lost, duplicated, altered }: RowResult): boolean =>
  notRun === undefined && faults.length === 0 && lost + duplicated + altered === 0;
