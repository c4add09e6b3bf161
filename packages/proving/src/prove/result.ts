/** What became of the mail of a row. Pure. */

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
  /** What more was done. */
  readonly note?: string;
  /** What is wrong, in words. */
  readonly faults: readonly string[];
  /** Why it was not run; such a row has proven nothing. */
  readonly notRun?: string;
}

export const passes = ({ faults, notRun, lost, duplicated, altered }: RowResult): boolean =>
  notRun === undefined && faults.length === 0 && lost + duplicated + altered === 0;
