/**
 * A gateway that does not run: routes work on its files, which are opened when one needs them. The owner lock then keeps them for
 * this process.
 */
import type { Settings } from '../config/settings.ts';
import { slotDirectories } from '../gateway/workers/slot.ts';
import type { RoleName } from '../platform/values/role-name.ts';
import type { Damage } from '../spool/store/spool.ts';
import { askAll, askHere } from './ask.ts';
import type { Ask } from './route.ts';
import type { Sides } from './sides.ts';
import { StoppedFiles } from './stopped-files.ts';
import { StoppedWorker } from './stopped-worker.ts';

export interface StoppedGateway {
  readonly ask: Ask;
  close(): Promise<void>;
}

export interface Opened {
  /** The side that is opened at once. */
  readonly needs: keyof Sides;
  onDamage(damage: Damage): void;
}

/** @throws with what to set or to do when it cannot be had */
export async function openStopped(
  role: RoleName,
  settings: Settings,
  { needs, onDamage }: Opened,
): Promise<StoppedGateway> {
  const files = new StoppedFiles(role, settings, onDamage);
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
