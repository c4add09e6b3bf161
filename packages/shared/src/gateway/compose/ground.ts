/**
 * What a gateway stands on: its stores, the way out and the queue, each opened with its part of the settings and closed in
 * the reverse order. `gateway.ts` puts the rest on top.
 */
import { join } from 'node:path';
import { RoutedAttempts, machineNames, type Attempts } from '../dispatch/attempt.ts';
import { createCheckLocalServers } from '../dispatch/check-servers.ts';
import { Dispatcher } from '../dispatch/dispatch.ts';
import { addressesFrom } from '../dispatch/hop-addresses.ts';
import { createNotify } from '../dispatch/notify.ts';
import { openQuarantine, type Quarantine } from '../quarantine/quarantining.ts';
import type { Records } from '../../filter/pipeline/recording.ts';
import { CommitWatch } from '../../spool/store/commit-watch.ts';
import { openLmdbSpool } from '../../spool/store/lmdb-spool.ts';
import { nextAttemptAt } from '../../spool/schedule/retry.ts';
import type { Damage, Spool } from '../../spool/store/spool.ts';
import { createRecipients, type Recipients } from '../../directory/recipients/recipients.ts';
import { openKnowledgeStore, type KnowledgeStore } from '../../directory/recipients/store.ts';
import { LocalServers } from '../../smtp/route/local-servers.ts';
import { createNextHopRest } from '../../smtp/route/next-hop-rest.ts';
import { createConnections, type ConnectionsParts } from '../../smtp/client/connections.ts';
import type { Ledger } from '../../directory/submitters/ledger.ts';
import { createNetworks, type Networks } from '../../platform/network/addresses.ts';
import type { BlockPool } from '../../platform/memory/block-pool.ts';
import { turnClock } from '../../platform/time/clock.ts';
import { freeBytes } from '../../platform/files/disk.ts';
import type { Log } from '../../platform/log/log.ts';
import type { MemoryWatch } from '../../platform/resources/memory-watch.ts';
import type { Metrics } from '../../platform/metrics/metrics.ts';
import { systemRandom } from '../../platform/values/random.ts';
import { createResolver } from '../../platform/dns/resolver.ts';
import type { Secrets } from '../../config/secrets.ts';
import type { Settings } from '../../config/settings.ts';
import type { HostSettings } from '../../config/sections/role.ts';
import type { Certificate } from '../../config/tls.ts';
import { isFace, type Slot } from '../workers/slot.ts';
import { LocalServerReports } from './local-server-reports.ts';
import type { Role } from './role.ts';

/** What may change by a reload. */
export interface Current {
  settings: Settings;
  secrets: Secrets;
  /** That of the SMTP listeners. */
  certificate: Certificate;
}

/** What everything below is made with, and how to undo it: last opened, first closed. */
export interface Ground {
  readonly slot: Slot;
  /** What this worker alone writes lies here: the slot's directory. */
  readonly directory: string;
  readonly role: Role;
  readonly host: HostSettings;
  readonly current: Current;
  /** As they are now. */
  settings(): Settings;
  readonly log: Log;
  readonly metrics: Metrics;
  /** Memory for messages of some size. */
  readonly room: BlockPool;
  /** Memory of the gateway, as it was measured last. */
  readonly memory: MemoryWatch;
  readonly closers: (() => Promise<unknown>)[];
}

export const clock = turnClock;
export const random = systemRandom;
/** Mail for a local server that was away is tried again about as often as it is looked at. */
const LOCAL_RETRY_MS = 60_000;

export async function openSpool(
  { directory, current, log, metrics, closers }: Ground,
  commitWatch: CommitWatch,
): Promise<Spool> {
  const spool = await openLmdbSpool({
    directory,
    minFreeBytes: current.settings.queue.minFreeBytes,
    clock,
    commitWatch,
    onDamage: (damage) => {
      metrics.damaged();
      logDamage(log, 'spool.damaged', damage);
    },
  });
  closers.push(() => spool.close());
  return spool;
}

export async function openKeeping(
  { directory, current, log, metrics, closers }: Ground,
  records: Records,
  elsewhereBytes: () => number,
): Promise<Quarantine> {
  const quarantine = await openQuarantine({
    directory,
    settings: () => current.settings,
    clock,
    log,
    elsewhereBytes,
    expired: ({ id, recipients }) =>
      records.event({ id, event: 'expired', recipients: recipients.map(({ address }) => address) }),
    onDamage: (damage) => {
      metrics.damaged();
      logDamage(log, 'quarantine.damaged', damage);
    },
  });
  closers.push(() => quarantine.close());
  return quarantine;
}

/** What a power cut may have left is no error. */
export function logDamage(log: Log, event: string, damage: Damage): void {
  if (damage.isDoubtful) log.warn(event, damage);
  else log.error(event, damage);
}

export function openSending({ host, current, log, metrics, closers }: Ground) {
  const { dns, send } = current.settings;
  const resolver = createResolver({
    servers: dns.servers,
    timeoutMs: dns.timeoutMs,
    events: {
      onSilent: ({ faults }) =>
        log.error('dns.silent', { faults, fix: 'check these servers, or set dns.servers' }),
      onAnswer: ({ silentSince = 0 }) => log.info('dns.answers', { silentMs: clock.now() - silentSince }),
    },
  });
  closers.push(() => Promise.resolve(resolver.close()));
  const wayOut: Omit<ConnectionsParts, 'settings'> = {
    localName: host.host,
    sources: host.sourceAddresses,
    addressesOf: addressesFrom(resolver, privateDestinationsOf(current)),
    now: () => clock.now(),
    log,
  };
  const connections = createConnections({ ...wayOut, settings: send });
  closers.push(() => connections.close());
  const checkLocalServers = createCheckLocalServers({ ...wayOut, settings: () => current.settings });
  const localServers = new LocalServers(random, new LocalServerReports({ clock, log, metrics }));
  const rest = createNextHopRest();
  const attempts = new RoutedAttempts({
    settings: () => current.settings,
    passwordIn: (file) => current.secrets.passwords.get(file) ?? '',
    connections,
    resolver,
    localServers,
    rest,
    ownNames: () => machineNames(host.host, ...host.addresses),
    clock,
    random,
    log,
  });
  return { attempts, checkLocalServers, localServers, rest, resolver };
}

export function openStore({ slot, host, log, closers }: Ground): KnowledgeStore {
  const told = (error: Error): void => log.error('recipients.journal-fault', { err: error });
  const store = openKnowledgeStore(join(host.spool, 'recipients'), told, isFace(slot));
  closers.push(() => store.close());
  return store;
}

export function openRecipients(
  { current, log }: Ground,
  { attempts, localServers }: Pick<ReturnType<typeof openSending>, 'attempts' | 'localServers'>,
  store: KnowledgeStore,
): Recipients {
  return createRecipients(
    {
      store,
      clock,
      log,
      rules: () => current.settings.recipients,
      ask: ({ localServers: of }, address) =>
        attempts.probe(of, address, current.settings.recipients.timeoutMs),
      trouble: ({ localServers: of }) => localServers.trouble(of),
    },
    current.settings.domains,
  );
}

export function openDispatcher(
  { current, log, metrics, closers }: Ground,
  spool: Spool,
  attempts: Attempts,
  notify: ReturnType<typeof createNotify>,
  records: Records,
  ledger: Ledger,
): Dispatcher {
  const dispatcher = new Dispatcher({
    settings: () => current.settings,
    spool,
    attempts,
    notify,
    records,
    retryAt: (count, local) => retryAt(current.settings, count, local),
    onUnknownRecipient: ledger.refused,
    clock,
    log,
    metrics,
  });
  closers.push(() => dispatcher.close());
  return dispatcher;
}

export function retryAt({ queue }: Settings, attempts: number, local: boolean): number {
  const now = clock.now();
  const at = nextAttemptAt({ attempts, now, random: random.next(), settings: queue });
  return local ? Math.min(at, now + LOCAL_RETRY_MS * (0.8 + 0.4 * random.next())) : at;
}

/** @param outOfService why it takes no clients whatever else; null while it does */
export function reasonsNotReady(outOfService: string | null, spool: string, { queue }: Settings): string[] {
  const reasons = outOfService === null ? [] : [outOfService];
  const free = freeBytes(spool);
  if (free < queue.minFreeBytes)
    reasons.push(`${spool} has ${free} bytes free, queue.minFree keeps ${queue.minFreeBytes}`);
  return reasons;
}

/** As a set, made anew when the settings have changed. */
function privateDestinationsOf(current: Current): () => Networks {
  let of: Settings | undefined;
  let networks: Networks | undefined;
  return () => {
    if (!networks || of !== current.settings)
      networks = createNetworks((of = current.settings).send.privateDestinations);
    return networks;
  };
}
