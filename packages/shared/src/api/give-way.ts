/** Between two parts of a long reading: mail goes first, and a spool that is overstretched gets some time to let go. */
import { setImmediate as nextTurn, setTimeout as pause } from 'node:timers/promises';
import type { Spool } from '../spool/store/spool.ts';

/** So soon an idle spool has let go. */
const TURNS = 8;
const LET_GO_MS = 10;

/** Waits no longer than that, for a spool whose disk has failed is to be read all the same. */
export async function giveWay(spool: Pick<Spool, 'isOverstretched'>): Promise<void> {
  for (let turn = 0; turn < TURNS; turn += 1) {
    await nextTurn();
    if (!spool.isOverstretched) return;
  }
  await pause(LET_GO_MS);
}
