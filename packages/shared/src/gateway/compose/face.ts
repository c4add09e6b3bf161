/**
 * What a gateway shows of itself: to its partners by the heartbeat, to load balancers, and over HTTP to operators and tools. With
 * several workers the first of them is the face of all; the others answer only what it asks them.
 */
import { keepToken } from '../../platform/http/api-token.ts';
import type { ReloadAnswer } from './reload-answer.ts';
import { answeredAgo } from '../pair/local-reach.ts';
import type { Capacity } from '../pair/partner-view.ts';
import { steadyClock } from '../../platform/time/clock.ts';
import { freeBytes } from '../../platform/files/disk.ts';
import type { HttpListener } from '../../platform/http/http.ts';
import type { HostSettings } from '../../config/sections/role.ts';
import { isFace } from '../workers/slot.ts';
import type { Worker } from '../workers/worker.ts';
import { tellBalancers } from './balancing.ts';
import { CertificateWatch } from './certificate-watch.ts';
import type { Doors } from './doors.ts';
import type { DrainControl } from './draining.ts';
import { clock, reasonsNotReady, type Ground } from './ground.ts';
import { healthRoutes, metricsRoute } from './health-routes.ts';
import { openHttpEndpoint, type HttpEndpoint } from './http-endpoint.ts';
import { createLameDuck, type LameDuck } from './lame-duck.ts';
import type { MailPath } from './mail-path.ts';
import type { OperatorApi } from './operator-api.ts';
import type { Pairing } from './pairing.ts';
import { pairingOf } from './share-partners.ts';
import { metricsOfAll, openWorkerApi, otherWorkers } from './worker-api.ts';

export interface FaceParts {
  readonly worker: Worker;
  readonly doors: Doors;
  readonly mail: MailPath;
  /** Why it is to have no more clients: it is about to end, or drained; null while it is in service. */
  outOfService(): string | null;
  readonly draining: DrainControl;
  /** Reads the configuration again. */
  reload(): Promise<ReloadAnswer>;
  readonly operatorApi: OperatorApi;
}

export interface Face {
  readonly pairing: Pairing;
  readonly http: HttpListener | null;
  readonly lameDuck: LameDuck;
  /** After settings or secrets changed. */
  reload(): void;
}

/** @throws when an address is in use or a file of the pair cannot be read */
export async function openFace(ground: Ground, parts: FaceParts): Promise<Face> {
  const { role, slot, host, settings, current, log, metrics, closers } = ground;
  const { worker, mail, outOfService } = parts;
  const draining = (): boolean => outOfService() !== null;
  watch(ground, parts);
  const pairing = pairingOf(worker, {
    role: role.name,
    host: host.host,
    settings,
    secrets: () => current.secrets,
    topics: mail.topics,
    capacity: () => capacityOf(mail),
    draining,
    answeredAgo: () => answeredAgo(mail.reach(), clock.now()),
    freeDiskBytes: () => freeBytes(host.spool),
    clock,
    log,
    metrics,
  });
  const endpoint = host.http ? await listen(host.http, ground, parts, pairing) : null;
  if (endpoint) closers.push(() => endpoint.http.close());
  closers.push(() => pairing.close());
  const standing = () => ({
    draining: draining(),
    notReady: reasonsNotReady(null, host.spool, settings()),
    load: mail.gate.load(),
    isFull: mail.gate.isFull,
  });
  const lameDuck = createLameDuck(worker, steadyClock);
  closers.push(async () => lameDuck.close());
  if (isFace(slot)) closers.push(await tellBalancers(host, standing, lameDuck.looked, log));
  const certificates = isFace(slot) ? new CertificateWatch(() => current.certificate, clock, log) : null;
  certificates?.report();
  closers.push(() => Promise.resolve(certificates?.close()));
  return {
    pairing,
    lameDuck,
    http: endpoint?.http ?? null,
    reload() {
      pairing.reload();
      endpoint?.reload();
      certificates?.report();
    },
  };
}

/** What heartbeats and details say of the load, and of what can be taken. */
function capacityOf({ gate, work }: MailPath): Capacity {
  const capacity = gate.capacity();
  return { ...capacity, ...work.offer(capacity.headroom) };
}

/** A worker that is not the face listens on a socket in its slot, to the face alone. */
async function listen(
  address: NonNullable<HostSettings['http']>,
  ground: Ground,
  { doors, mail, outOfService, draining, reload, operatorApi }: FaceParts,
  pairing: Pairing,
): Promise<HttpEndpoint> {
  const { role, slot, host, directory, settings, current, log, metrics } = ground;
  const { gate, checking, sentry } = mail;
  const token = keepToken(host.spool);
  const workers = isFace(slot) ? otherWorkers(host.spool, slot, token) : [];
  const state = {
    partners: () => pairing.list(),
    lists: () => checking.lists(),
    engines: () => checking.engines(),
    judging: () => checking.judging(),
  };
  const api = operatorApi({
    ...mail,
    ...state,
    role: role.name,
    host: host.host,
    settings,
    sessions: doors.sessions,
    certificate: () => current.certificate,
    load: gate.load,
    door: () => gate.door,
    bans: sentry.bans,
    disk: () => ({ freeBytes: freeBytes(host.spool), minFreeBytes: settings().queue.minFreeBytes }),
    directory,
    learning: checking.learning,
    draining,
    hasDue: () => mail.dispatcher.oldestDueAt(false) <= clock.now(),
    clock,
    log,
    workers,
    reload,
  });
  if (!isFace(slot)) {
    const http = await openWorkerApi(directory, { token, metrics, api });
    return { http, reload: () => undefined };
  }
  const health = healthRoutes({
    notReady: () => reasonsNotReady(outOfService(), host.spool, settings()),
    details: () => ({
      role: role.name,
      host: host.host,
      draining: outOfService() !== null,
      ...capacityOf(mail),
      partners: state.partners(),
      lists: state.lists(),
      engines: state.engines(),
      judging: state.judging(),
    }),
  });
  const heartbeats = pairing.route ? [pairing.route] : [];
  const routes = [...health, metricsRoute(metricsOfAll(metrics, workers)), ...heartbeats, ...api];
  return openHttpEndpoint(ground, { address, token, routes });
}

function watch({ host, metrics, current }: Ground, { doors, mail, draining }: FaceParts): void {
  const { spool, dispatcher, ledger, gate, work, quarantine, reach, dns } = mail;
  metrics.watchServers(reach, dns);
  metrics.watch({
    sessions: doors.sessions,
    queueEntries: () => spool.count(),
    oldestDueSeconds: () => Math.max(0, (clock.now() - dispatcher.oldestDueAt(true)) / 1000),
    attemptsActive: () => dispatcher.active,
    spoolFreeBytes: () => freeBytes(host.spool),
    submittersHeld: () => ledger.held().length,
    load: gate.load,
    messagesPerSecond: () => work.messagesPerSecond() ?? 0,
    isShut: () => gate.door === 'shut',
    isDrained: () => draining.drain !== null,
    quarantineMessages: quarantine.count,
    quarantineBytes: quarantine.sizeBytes,
    certificateExpiresAt: () => current.certificate.validity.validUntil / 1000,
  });
}
