/** Finds the way to a gateway's quarantine: over HTTP while the gateway runs, else directly on its files. */
import { bodyOf } from '../smtp/server/message-data.ts';
import { openQuarantine, type Quarantine } from '../gateway/quarantine/quarantining.ts';
import { createIds } from '../spool/store/ids.ts';
import { systemClock } from '../platform/time/clock.ts';
import { silentLog } from '../platform/log/log.ts';
import type { Settings } from '../config/settings.ts';
import type { Damage, Spool } from '../spool/store/spool.ts';
import type { Body } from '../platform/values/body.ts';
import { mergeQuarantines } from './merged-mail.ts';
import { createQuarantineControl, type QuarantineControl } from './quarantine-control.ts';
import { quarantineClient } from './quarantine-client.ts';
import { learnStored } from './learn-stored.ts';
import { openStoppedSpools, reachRunning } from './reach-gateway.ts';
import type { RoleName } from '../platform/values/role-name.ts';

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
  const learn = (as: 'spam' | 'ham', body: Body) => learnStored(role, settings, as, body);
  const controls = await onStopped(role, settings, onDamage, ({ spool, quarantine, close }) =>
    createQuarantineControl({
      role,
      host,
      settings: () => settings,
      quarantine,
      incomingDirectory: spool.incomingDirectory,
      enqueue: (entry, body) => spool.add(entry, body),
      nextId: createIds({ clock, slot: 0 }),
      clock,
      learn,
      close,
    }),
  );
  return mergeQuarantines(controls, (as, octets) => learn(as, bodyOf(octets)));
}

/** Of one worker. */
interface StoppedStores {
  readonly directory: string;
  readonly spool: Spool;
  readonly quarantine: Quarantine;
  /** Closes both. */
  close(): Promise<void>;
}

/** Spool and quarantine of each worker of a gateway that does not run, for `use`; closed when one cannot be opened. */
export async function onStopped<C>(
  role: RoleName,
  settings: Settings,
  onDamage: (damage: Damage) => void,
  use: (stores: StoppedStores) => C,
): Promise<C[]> {
  const spools = await openStoppedSpools(role, settings, onDamage);
  const quarantines: Quarantine[] = [];
  try {
    for (const { directory } of spools)
      quarantines.push(
        await openQuarantine({
          directory,
          settings: () => settings,
          clock: systemClock,
          log: silentLog,
          onDamage,
        }),
      );
  } catch (error) {
    for (const store of [...quarantines, ...spools.map(({ spool }) => spool)]) await store.close();
    throw error;
  }
  return spools.map(({ directory, spool }, index) => {
    const quarantine = quarantines[index]!;
    return use({
      directory,
      spool,
      quarantine,
      async close() {
        await quarantine.close();
        await spool.close();
      },
    });
  });
}
