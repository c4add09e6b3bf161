/** Who may submit, and how much. */
import type { SubmitterLimits } from '../../platform/values/submitter.ts';

/** Rules of one submitter, by its name or its network; what is absent is as for all. */
export interface SubmitterException {
  readonly name?: string;
  readonly network?: string;
  readonly domains?: readonly string[];
  readonly by?: 'sender' | 'host';
  readonly limits: Partial<SubmitterLimits>;
}

export interface SubmitterSettings {
  /** Where they may send from; null for the hosted domains and the names below them. */
  readonly domains: readonly string[] | null;
  /** Whose From is looked at. */
  readonly from: 'users' | 'all' | 'none';
  /** For whom mail of a trusted host is counted. */
  readonly by: 'sender' | 'host';
  /** Users that are mail servers, in lower case; null where nothing is said of it. */
  readonly servers: readonly string[] | null;
  readonly limited: 'all' | 'users' | 'none';
  readonly limits: SubmitterLimits;
  readonly exceptions: readonly SubmitterException[];
}
