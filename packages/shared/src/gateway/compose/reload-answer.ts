/** What a gateway, or one worker of it, says to a reload. */
import type { Fault } from '../../config/schema/findings.ts';
import type { KeyChanges } from '../../config/key-changes.ts';

export interface Applied extends KeyChanges {
  readonly kind: 'applied';
}

/** Everything is as it was before. */
export interface Refused {
  readonly kind: 'refused';
  readonly reason: string;
  /** Of the configuration; empty where something else failed. */
  readonly faults: readonly Fault[];
}

export type ReloadAnswer = Applied | Refused;
