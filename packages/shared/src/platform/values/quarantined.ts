/** A message that is kept in quarantine, for one recipient or several; each of them is released or deleted by itself. */
import type { Entry } from './entry.ts';

export interface Quarantined extends Entry {
  readonly kept: Kept;
}

export interface Kept {
  /** From and Subject as they stand in the header, unfolded and shortened; '' where there is none. */
  readonly from: string;
  readonly subject: string;
  /** With its angle brackets. */
  readonly messageId: string;
  /** By recipient. */
  readonly reasons: Readonly<Record<string, KeptBecause>>;
}

export interface KeptBecause {
  readonly reason: string;
  readonly score: number;
}
