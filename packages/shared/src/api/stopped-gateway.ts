/**
 * A gateway that does not run: routes work on its files, which are opened when one needs them. The owner lock then keeps them for
 * this process.
 */
import { slotDirectories } from '../gateway/workers/slot.ts';
import { askAll, askHere } from './ask.ts';
import type { Ask } from './route.ts';
import type { Sides } from './sides.ts';
import type { StoppedFiles } from './stopped-files.ts';
import { StoppedWorker } from './stopped-worker.ts';

export interface StoppedGateway {
  readonly ask: Ask;
  close(): Promise<void>;
}

/** @param needs what is opened at once @throws with what to set or to do when it cannot be had */
export async function openStopped(files: StoppedFiles, needs: keyof Sides): Promise<StoppedGateway> {
  const workers = slotDirectories(files.spool).map((directory) => new StoppedWorker(files, directory));
  const sides = workers.map((worker) => worker.sides);
  /** The spools last, for they have the owner lock. */
  const close = async (): Promise<void> => {
    try {
      await files.close();
    } finally {
      for (const worker of workers) await worker.close();
    }
  };
  try {
    for (const side of sides) await side[needs]();
  } catch (error) {
    await close();
    throw error;
  }
  return { ask: askAll(sides.map(askHere), sides[0]!), close };
}
