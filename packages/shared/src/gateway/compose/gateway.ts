/**
 * One gateway, put together: doors first, then what is behind them, from the spool outwards.
 */
import { hostname } from 'node:os';
import { ConnectionCounter } from '../../smtp/server/limits.ts';
import { MessageRoom, roomIn } from '../../smtp/server/message-room.ts';
import { isClosed, type Drain } from '../pair/drain.ts';
import { BlockPool } from '../../platform/memory/block-pool.ts';
import { keyChanges } from '../../config/key-changes.ts';
import { failpoints } from '../../platform/process/failpoint.ts';
import type { Running } from '../../platform/process/lifecycle.ts';
import type { Log } from '../../platform/log/log.ts';
import { MemoryWatch } from '../../platform/resources/memory-watch.ts';
import { createMetrics } from '../../platform/metrics/metrics.ts';
import { readSecrets } from '../../config/secrets.ts';
import type { Settings } from '../../config/settings.ts';
import { loadCertificate } from '../../config/tls.ts';
import { adoptSlots } from '../workers/adopt.ts';
import { endLeftovers, markWorker } from '../workers/leftovers.ts';
import { settingsOfWorker } from '../workers/settings-of-worker.ts';
import { expectNoLink, isFace, slotDirectory, slotsDirectory } from '../workers/slot.ts';
import { LAST_MS, onlyWorker, type Worker } from '../workers/worker.ts';
import { openDoors, type DoorAddress, type Doors } from './doors.ts';
import { keptDrain, openDraining } from './draining.ts';
import { openFace, type Face } from './face.ts';
import { clock, logDamage, type Current, type Ground } from './ground.ts';
import { lameDuckMs } from './lame-duck.ts';
import { openMailPath, type MailPath } from './mail-path.ts';
import type { OperatorApi } from './operator-api.ts';
import { Reloading } from './reloading.ts';
import { hostOf, settingsOfHost, type Role } from './role.ts';

export interface Gateway extends Running {
  readonly listeners: readonly DoorAddress[];
  readonly http: { readonly host: string; readonly port: number } | null;
}

/** @throws with what is wrong and its fix: an address in use, a directory that cannot be written, a bad file */
export async function openGateway(
  role: Role,
  loadAll: () => Settings,
  log: Log,
  operatorApi: OperatorApi,
  worker: Worker = onlyWorker,
): Promise<Gateway> {
  const load = (): Settings => settingsOfWorker(settingsOfHost(role, loadAll(), hostname()), worker.slot);
  const settings = load();
  const host = hostOf(role, settings, hostname());
  const secrets = readSecrets(role.users(settings), settings);
  const { slot } = worker;
  const directory = slotDirectory(host.spool, slot.number);
  const metrics = createMetrics(role.name);
  if (!isFace(slot)) [slotsDirectory(host.spool), directory].forEach(expectNoLink);
  if (worker.isFirst) await endLeftovers(host.spool, settings.shutdownTimeoutMs + LAST_MS, log);
  if (failpoints) log.warn('failpoints.armed', { fix: 'unset MAILPAIR_FAILPOINTS, unless this is a test' });
  const certificate = await loadCertificate(settings.tls, host.host, host.spool);
  if (certificate.selfSigned && isFace(slot))
    log.warn('tls.self-signed', { host: host.host, fix: 'set tls.certFile and tls.keyFile' });
  const current: Current = { settings, secrets, certificate };
  const ground: Ground = {
    role,
    slot,
    host,
    directory,
    current,
    settings: () => current.settings,
    log,
    metrics,
    room: new BlockPool(() => current.settings.limits.memoryForMessagesBytes),
    memory: new MemoryWatch({ bound: () => current.settings.limits.memoryBytes }),
    closers: [],
  };
  const drain = keptDrain(host.spool, clock.now(), log);
  const counter = new ConnectionCounter();
  const { memory, room } = ground;
  const places = new MessageRoom(() => roomIn(memory.use, slot.of, room.freeBytes));
  memory.onMeasured = () => places.measured();
  const doors = await openDoors(role, host, settings, certificate, secrets, {
    directory,
    reusePort: slot.of === 1 ? 'no' : worker.isFirst ? 'first' : 'yes',
    counter,
    room,
    places,
    isDrained: drain !== null && isClosed(drain, clock.now()),
  });
  const closeBehind = async (): Promise<void> => {
    for (const closer of ground.closers.toReversed()) await closer();
  };
  try {
    return await openBehind(doors, ground, { counter, worker, drain, load, operatorApi, closeBehind });
  } catch (error) {
    await doors.close(0);
    await closeBehind();
    throw error;
  }
}

/** What a gateway has before the doors open. */
interface Beginnings {
  readonly counter: ConnectionCounter;
  readonly worker: Worker;
  /** Kept from before the start. */
  readonly drain: Drain | null;
  load(): Settings;
  readonly operatorApi: OperatorApi;
  closeBehind(): Promise<void>;
}

async function openBehind(
  doors: Doors,
  ground: Ground,
  { counter, worker, drain, load, operatorApi, closeBehind }: Beginnings,
): Promise<Gateway> {
  const { slot, host, directory, current, log } = ground;
  let stopping = false;
  let shown: Face | undefined;
  const draining = openDraining(ground, { worker, doors, drain }, () => void shown?.pairing.announce());
  const partners = () => shown?.pairing.others() ?? [];
  const siblings = () => shown?.pairing.siblings() ?? [];
  const mail = await openMailPath(ground, { worker, doors, counter, partners, siblings });
  const reloading = reloadingOf(ground, { load, mail, doors, face: () => shown });
  const face = (shown = await openFace(ground, {
    worker,
    doors,
    mail,
    outOfService: () => (stopping ? 'shutting down' : draining.drain ? 'drained by the operator' : null),
    draining,
    reload: () => reloading.run(),
    operatorApi,
  }));
  if (slot.of > 1) markWorker(directory);
  await adoptSlots({
    spool: host.spool,
    slot,
    queue: mail.spool,
    quarantine: mail.quarantine,
    clock,
    log,
    onDamage: (damage) => logDamage(log, 'spool.damaged', damage),
  });
  mail.dispatcher.start();
  mail.quarantine.start();
  const listeners = doors.addresses;
  const facts = { host: host.host, listeners, http: face.http?.address, spool: host.spool };
  log.info(slot.of > 1 ? 'worker.started' : 'gateway.started', {
    ...facts,
    ...(slot.of > 1 && { pid: process.pid }),
    spool: directory,
    queued: mail.spool.count(),
  });
  worker.ready(facts);

  return {
    listeners,
    http: face.http?.address ?? null,
    reload: () => reloading.run(),
    async close() {
      stopping = true;
      void face.pairing.announce();
      const { shutdownTimeoutMs } = current.settings;
      const from = performance.now();
      await face.lameDuck.wait(lameDuckMs(shutdownTimeoutMs));
      await doors.close(shutdownTimeoutMs - (performance.now() - from));
      await mail.dispatcher.close();
      await worker.drained();
      await closeBehind();
    },
  };
}

interface Reloaded {
  load(): Settings;
  readonly mail: MailPath;
  readonly doors: Doors;
  /** Undefined until it is there. */
  face(): Face | undefined;
}

function reloadingOf(ground: Ground, { load, mail, doors, face }: Reloaded): Reloading {
  const { role, host, current, log } = ground;
  const started = current.settings;
  return new Reloading(async () => {
    const before = current.settings;
    const settings = load();
    const secrets = readSecrets(role.users(settings), settings);
    const certificate = await loadCertificate(settings.tls, host.host, host.spool);
    mail.readRecipients(settings);
    Object.assign(current, { settings, secrets, certificate });
    mail.reload();
    face()?.reload();
    doors.reload(settings, certificate, secrets);
    mail.rest.end();
    return keyChanges(role.name, { started, before, now: settings });
  }, log);
}
