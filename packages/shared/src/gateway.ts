/**
 * One gateway, put together: doors first, then what is behind them, from the spool outwards.
 */
import { hostname } from 'node:os';
import { ConnectionCounter } from './accept/limits.ts';
import { tellBalancers } from './balancing.ts';
import { openChecking } from './checking.ts';
import { gatewayApi } from './control/api.ts';
import { keepToken } from './control/api-token.ts';
import { openSentry } from './conduct-sentry.ts';
import { openReporting } from './dmarc-reporting.ts';
import { openDoors, type DoorAddress, type Doors } from './doors.ts';
import { openGate } from './gate.ts';
import { createIntake } from './intake.ts';
import { createJudging } from './judging.ts';
import { loadSources } from './load-sources.ts';
import { createMarking } from './marking.ts';
import { createNotify } from './notify.ts';
import { KnownClients } from './pair/known-clients.ts';
import { Topics } from './pair/topics.ts';
import { shareRecipients } from './pairing.ts';
import { CommitWatch } from './queue/commit-watch.ts';
import { createIds } from './queue/ids.ts';
import { openRecords } from './recording.ts';
import { hostOf, type Role } from './role.ts';
import { openSigning } from './signing.ts';
import { createPassCheck } from './system/api-pass.ts';
import { freeBytes } from './system/disk.ts';
import { failpoints } from './system/failpoint.ts';
import { openHttp } from './system/http.ts';
import type { Running } from './system/lifecycle.ts';
import type { Log } from './system/log.ts';
import { createMetrics } from './system/metrics.ts';
import { verifyUser } from './system/passwords.ts';
import { dropPrivileges, ownDirectory } from './system/privileges.ts';
import { openSubmitters } from './submitting.ts';
import { readSecrets } from './system/secrets.ts';
import type { Settings } from './system/settings.ts';
import { loadCertificate } from './system/tls.ts';
import { adoptSlots } from './workers/adopt.ts';
import { pairingOf } from './workers/partner-views.ts';
import { shareConnections, shareKnown, shareRates, shareSubmitted } from './workers/share-limits.ts';
import { shareLoad } from './workers/share-load.ts';
import { shareTopics } from './workers/share-topics.ts';
import { metricsOfAll, openWorkerApi, otherWorkers } from './workers/worker-api.ts';
import { isFace, slotDirectories, slotDirectory, slotsDirectory } from './workers/slot.ts';
import { onlyWorker, type Worker } from './workers/worker.ts';
import {
  clock,
  type Current,
  type Ground,
  openDispatcher,
  openKeeping,
  openRecipients,
  openSending,
  openSpool,
  openStore,
  random,
  reasonsNotReady,
  retryAt,
} from './ground.ts';

export interface Gateway extends Running {
  readonly listeners: readonly DoorAddress[];
  readonly http: { readonly host: string; readonly port: number } | null;
}

/** @throws with what is wrong and its fix: an address in use, a directory that cannot be written, a bad file */
export async function openGateway(
  role: Role,
  load: () => Settings,
  log: Log,
  worker: Worker = onlyWorker,
): Promise<Gateway> {
  const settings = load();
  const host = hostOf(role, settings, hostname());
  const current: Current = { settings, secrets: readSecrets(role.users(settings), settings) };
  const { slot } = worker;
  const directory = slotDirectory(host.spool, slot.number);
  const metrics = createMetrics(role.name);
  const ground: Ground = { role, slot, host, directory, current, log, metrics, closers: [] };
  ownDirectory(host.spool, settings);
  if (!isFace(slot)) for (const path of [slotsDirectory(host.spool), directory]) ownDirectory(path, settings);
  if (failpoints) log.warn('failpoints.armed', { fix: 'unset MAILPAIR_FAILPOINTS, unless this is a test' });
  const certificate = await loadCertificate(settings.tls, host.host, host.spool);
  if (certificate.selfSigned)
    log.warn('tls.self-signed', { host: host.host, fix: 'set tls.certFile and tls.keyFile' });
  const counter = new ConnectionCounter();
  const doors = await openDoors(role, host, settings, certificate, current.secrets, {
    directory,
    reusePort: slot.of === 1 ? 'no' : worker.isFirst ? 'first' : 'yes',
    counter,
  });
  const close = async (deadlineMs: number): Promise<void> => {
    await doors.close(deadlineMs);
    for (const closer of ground.closers.toReversed()) await closer();
  };
  try {
    dropPrivileges(settings);
    return await openBehind(doors, ground, counter, worker, load, close);
  } catch (error) {
    await close(0);
    throw error;
  }
}

async function openBehind(
  doors: Doors,
  ground: Ground,
  counter: ConnectionCounter,
  worker: Worker,
  load: () => Settings,
  close: (deadlineMs: number) => Promise<void>,
): Promise<Gateway> {
  const { role, slot, host, directory, current, log, metrics } = ground;
  const keeps = isFace(slot);
  const commits = new CommitWatch();
  const spool = await openSpool(ground, commits);
  const records = openRecords({
    directory,
    host: host.host,
    settings: () => current.settings,
    share: 1 / slot.of,
    clock,
    log,
  });
  ground.closers.push(() => records.close());
  const others = shareLoad(worker, () => quarantine.sizeBytes());
  const quarantine = await openKeeping(ground, records, others.quarantineBytes);
  const { attempts, localServers, rest, resolver } = openSending(ground);
  const store = openStore(ground);
  const topics = new Topics();
  shareRecipients(store, topics, clock, () => current.settings.recipients);
  shareTopics(worker, topics, clock);
  const recipients = openRecipients(ground, attempts, store);
  const nextId = createIds({ clock, slot: slot.number });
  const expireMs = (): number => current.settings.queue.expireMs;
  const signing = openSigning({ settings: () => current.settings, resolver, log, metrics });
  ground.closers.push(async () => signing.close());
  const notify = createNotify({ host: host.host, spool, nextId, expireMs, signing, clock });
  const onCounted = shareSubmitted(worker, () => ledger);
  const ledger = openSubmitters({
    host,
    keeps,
    ...(onCounted && { onCounted }),
    takesSubmissions: () =>
      role.listeners(current.settings).some((listener) => listener.role === 'submission'),
    topics,
    clock,
    log,
  });
  ground.closers.push(() => ledger.close());
  const dispatcher = openDispatcher(ground, spool, attempts, notify, records, ledger);
  const known = new KnownClients();
  shareKnown(worker, known, clock);
  shareConnections(worker, counter, () => gate.look());
  const gate = openGate({
    rules: () => current.settings.load,
    partners: () => pairing.others(),
    sources: loadSources({
      settings: () => current.settings,
      sessions: () => counter.totalOfAll,
      ...(others.load && { others: others.load }),
      commits,
      dispatcher,
      localServers,
      directory: host.spool,
      clock,
    }),
    setShut: doors.setShut,
    known,
    clock,
    random,
    log,
    metrics,
  });
  ground.closers.push(async () => gate.close());
  const checking = await openChecking({
    charge: (submitter) => ledger.charge(submitter, current.settings.judge.mode === 'enforce'),
    settings: () => current.settings,
    host: host.host,
    directory: host.spool,
    keeps,
    resolver,
    passwordIn: (file) => current.secrets.passwords.get(file) ?? '',
    topics,
    clock,
    log,
    metrics,
  });
  ground.closers.push(() => checking.close());
  const judging = createJudging({ settings: () => current.settings, ...checking, clock });
  const reporting = openReporting({
    settings: () => current.settings,
    host: host.host,
    directory,
    others: keeps ? () => slotDirectories(host.spool).slice(1) : null,
    resolver,
    spool,
    signing,
    nextId,
    queued: (entry) => dispatcher.wake(entry),
    clock,
    log,
    metrics,
  });
  ground.closers.push(() => reporting.close());
  const intake = createIntake({
    host: host.host,
    settings: () => current.settings,
    attempts,
    recipients,
    spool,
    dispatcher,
    authenticate: (user, password) => verifyUser(current.secrets.users, user, password),
    judging,
    reporting,
    mark: createMarking({
      signing,
      settings: () => current.settings,
      host: host.host,
      incomingDirectory: spool.incomingDirectory,
    }),
    signing,
    ledger,
    quarantine,
    records,
    nextId,
    retryAt: (count) => retryAt(current.settings, count, true),
    notify,
    clock,
    log,
    metrics,
  });
  const sentry = openSentry({
    settings: () => current.settings,
    directory: host.spool,
    keeps,
    topics,
    clock,
    log,
    metrics,
  });
  shareRates(worker, sentry.counts);
  ground.closers.push(() => sentry.close());
  doors.serve((listener) =>
    listener === 'mx' ? sentry.guard(gate.guard(intake(listener))) : intake(listener),
  );
  metrics.watch({
    sessions: doors.sessions,
    queueEntries: () => spool.count(),
    oldestDueSeconds: () => Math.max(0, (clock.now() - dispatcher.oldestDueAt(true)) / 1000),
    attemptsActive: () => dispatcher.active,
    spoolFreeBytes: () => freeBytes(host.spool),
    submittersHeld: () => ledger.held().length,
    load: gate.load,
    isShut: () => gate.door === 'shut',
    quarantineMessages: quarantine.count,
    quarantineBytes: quarantine.sizeBytes,
  });
  let draining = false;
  const pairing = pairingOf(worker, {
    role: role.name,
    host: host.host,
    settings: () => current.settings,
    secrets: () => current.secrets,
    topics,
    capacity: () => gate.capacity(),
    draining: () => draining,
    freeDiskBytes: () => freeBytes(host.spool),
    clock,
    log,
    metrics,
  });
  const token = host.http && keepToken(host.spool);
  const workers = token && keeps ? otherWorkers(host.spool, slot, token) : [];
  const api = gatewayApi({
    role: role.name,
    host: host.host,
    settings: () => current.settings,
    spool,
    ledger,
    dispatcher,
    localServers,
    rest,
    sessions: doors.sessions,
    load: gate.load,
    door: () => gate.door,
    partners: () => pairing.list(),
    lists: () => checking.lists(),
    engines: () => checking.engines(),
    judging: () => checking.judging(),
    bans: sentry.bans,
    quarantine,
    records,
    directory,
    learning: checking.learning,
    nextId,
    clock,
    log,
    workers,
  });
  const http =
    host.http &&
    token &&
    (await (keeps
      ? openHttp({
          listen: host.http,
          metrics: metricsOfAll(metrics, workers),
          token,
          passes: createPassCheck(
            host.host,
            () => current.secrets.pair,
            () => clock.now(),
          ),
          health: () => ({
            role: role.name,
            host: host.host,
            draining,
            ...gate.capacity(),
            partners: pairing.list(),
            lists: checking.lists(),
            engines: checking.engines(),
            judging: checking.judging(),
          }),
          raw: pairing.route ? [pairing.route] : [],
          notReady: () => reasonsNotReady(draining, host.spool, current.settings),
          api,
        })
      : openWorkerApi(directory, { token, metrics, api })));
  if (http) ground.closers.push(() => http.close());
  ground.closers.push(() => pairing.close());
  const standing = () => ({
    draining,
    notReady: reasonsNotReady(false, host.spool, current.settings),
    load: gate.load(),
  });
  if (keeps) ground.closers.push(await tellBalancers(host, standing, log));
  await adoptSlots({
    spool: host.spool,
    slot,
    queue: spool,
    quarantine,
    clock,
    log,
    onDamage: (damage) => log.error('spool.damaged', damage),
  });
  dispatcher.start();
  quarantine.start();
  const started = {
    host: host.host,
    listeners: doors.addresses,
    http: http ? http.address : undefined,
    spool: host.spool,
  };
  log.info(slot.of > 1 ? 'worker.started' : 'gateway.started', {
    ...started,
    ...(slot.of > 1 && { pid: process.pid }),
    spool: directory,
    queued: spool.count(),
  });
  worker.ready(started);

  return {
    listeners: doors.addresses,
    http: http ? http.address : null,
    async reload() {
      const settings = load();
      const secrets = readSecrets(role.users(settings), settings);
      const certificate = await loadCertificate(settings.tls, host.host, host.spool);
      recipients.reload(settings.domains);
      Object.assign(current, { settings, secrets });
      checking.reload();
      signing.reload();
      sentry.reload();
      pairing.reload();
      doors.reload(settings, certificate, secrets);
      rest.end();
    },
    async close() {
      draining = true;
      void pairing.announce();
      await close(current.settings.shutdownTimeoutMs);
    },
  };
}
