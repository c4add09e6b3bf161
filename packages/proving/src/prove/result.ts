/** The result of a row for its mail. Pure. */

/** All counts are numbers of recipients. */
export interface RowResult {
  readonly name: string;
  readonly title: string;
  /** The number of runs. */
  readonly runs: number;
  readonly acknowledged: number;
  readonly arrived: number;
  readonly bounced: number;
  readonly lost: number;
  readonly duplicated: number;
  /** Copies of messages that were in flight when a process was killed or a connection broke. */
  readonly inFlight: number;
  readonly altered: number;
  /** A further description of what was done. */
  readonly note?: string;
  /** A description of each fault. */
  readonly faults: readonly string[];
  /** Why the row was not run; such a row proves nothing. */
  readonly notRun?: string;
}

export const passes = ({ faults, notRun, lost, duplicated, altered }: RowResult): boolean =>
  notRun === undefined && faults.length === 0 && lost + duplicated + altered === 0;
