/** Finds the way to a gateway's quarantine: over HTTP while the gateway runs, else directly on its files. */
import { openQuarantine, type Quarantine } from '../quarantining.ts';
import { createIds } from '../queue/ids.ts';
import { systemClock } from '../system/clock.ts';
import { silentLog } from '../system/log.ts';
import type { Settings } from '../system/settings.ts';
import type { Damage, Spool } from '../queue/spool.ts';
import { createQuarantineControl, type QuarantineControl } from './quarantine-control.ts';
import { quarantineClient } from './quarantine-client.ts';
import { learnStored } from './learn-stored.ts';
import { asOwnerOf, openStoppedSpool, reachRunning, type RoleName } from './reach-gateway.ts';

/** @throws with what to set or to do when neither the gateway nor its files can be reached */
export async function openQuarantineControl(
  role: RoleName,
  settings: Settings,
  onDamage: (damage: Damage) => void,
): Promise<QuarantineControl> {
  const { host } = settings[role];
  const running = await reachRunning(role, settings);
  if (running) return quarantineClient(running, role, host);
  const clock = systemClock;
  return onStopped(role, settings, onDamage, ({ spool, quarantine, close }) =>
    createQuarantineControl({
      role,
      host,
      settings: () => settings,
      quarantine,
      incomingDirectory: spool.incomingDirectory,
      enqueue: (entry, body) => spool.add(entry, body),
      nextId: createIds({ clock, slot: 0 }),
      clock,
      learn: (as, body) => learnStored(role, settings, as, body),
      close,
    }),
  );
}

interface StoppedStores {
  readonly spool: Spool;
  readonly quarantine: Quarantine;
  /** Closes both. */
  close(): Promise<void>;
}

/** Spool and quarantine of a gateway that does not run, for `use`; closed when one of them cannot be opened. */
export async function onStopped<C>(
  role: RoleName,
  settings: Settings,
  onDamage: (damage: Damage) => void,
  use: (stores: StoppedStores) => C,
): Promise<C> {
  const spool = await openStoppedSpool(role, settings, onDamage);
  try {
    const quarantine = await openStoppedQuarantine(role, settings, onDamage);
    return use({
      spool,
      quarantine,
      async close() {
        await quarantine.close();
        await spool.close();
      },
    });
  } catch (error) {
    await spool.close();
    throw error;
  }
}

/** The quarantine of a gateway that does not run, and whose spool the caller has. */
const openStoppedQuarantine = (
  role: RoleName,
  settings: Settings,
  onDamage: (damage: Damage) => void,
): Promise<Quarantine> =>
  asOwnerOf(settings[role].spool, () =>
    openQuarantine({
      directory: settings[role].spool,
      settings: () => settings,
      clock: systemClock,
      log: silentLog,
      onDamage,
    }),
  );
