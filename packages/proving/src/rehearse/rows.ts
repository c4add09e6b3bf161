/** The rows of the tables: verdicts counted by slot and direction. Pure. */
import type { SenderKind } from '../loopback/behaviour.ts';
import type { Direction, Verdict } from '../loopback/ledger.ts';
import { tallyOf, type Tally } from '../loopback/tally.ts';
import type { SlotName } from './scenario.ts';

export interface Row extends Tally {
  readonly slot: SlotName | 'all';
  readonly direction: Direction;
}

export interface SenderRow extends Tally {
  readonly sender: SenderKind;
}

/** One row for each slot and direction with messages, then the total of each direction. */
export function rowsOf(verdicts: readonly Verdict[], slots: readonly SlotName[]): Row[] {
  return ([...slots, 'all'] as const).flatMap((slot) =>
    (['in', 'out'] as const).flatMap((direction) => {
      const mine = verdicts.filter(
        ({ sent }) => sent.direction === direction && (slot === 'all' || sent.slot === slot),
      );
      return mine.length > 0 ? [{ slot, direction, ...tallyOf(mine) }] : [];
    }),
  );
}

export function senderRowsOf(verdicts: readonly Verdict[]): SenderRow[] {
  return [...Map.groupBy(verdicts, ({ sent }) => sent.sender)].map(([sender, mine]) => ({
    sender,
    ...tallyOf(mine),
  }));
}
