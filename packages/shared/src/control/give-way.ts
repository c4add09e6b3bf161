/** Between two parts of a long reading: mail goes first, and a spool that is overstretched gets some time to let go. */
import { setImmediate as nextTurn, setTimeout as pause } from 'node:timers/promises';
import type { Spool } from '../queue/spool.ts';

const LET_GO_MS = 10;

/** Waits once and no longer, for a spool whose disk has failed is to be read all the same. */
export async function giveWay(spool: Pick<Spool, 'isOverstretched'>): Promise<void> {
  await (spool.isOverstretched ? pause(LET_GO_MS) : nextTurn());
}
