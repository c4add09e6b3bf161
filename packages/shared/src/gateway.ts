/**
 * One gateway: everything both roles are made of, put together. The roles differ in their listeners only.
 */
import { randomBytes } from 'node:crypto';
import { chownSync, existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { openListener, type Listener, type ListenerOptions, type SessionHooks } from './accept/listener.ts';
import { ConnectionCounter } from './accept/limits.ts';
import { createAttempts, machineNames } from './attempt.ts';
import { createDispatcher } from './dispatch.ts';
import { gatewayApi } from './control/api.ts';
import { createIntake } from './intake.ts';
import { createNotify } from './notify.ts';
import { createIds } from './queue/ids.ts';
import { openLmdbSpool } from './queue/lmdb-spool.ts';
import { nextAttemptAt } from './queue/retry.ts';
import { createRecipients } from './recipients/recipients.ts';
import { openKnowledgeStore } from './recipients/store.ts';
import { lookUpHost } from './route/hosts.ts';
import { createLocalServers } from './route/local-servers.ts';
import { createNextHopRest } from './route/next-hop-rest.ts';
import { createConnections } from './send/connections.ts';
import { createNetworks } from './system/addresses.ts';
import { systemClock } from './system/clock.ts';
import { freeBytes } from './system/disk.ts';
import { openHttp } from './system/http.ts';
import { dropPrivileges, type Running } from './system/lifecycle.ts';
import type { Log } from './system/log.ts';
import { createMetrics } from './system/metrics.ts';
import { parseUsers, verifyUser } from './system/passwords.ts';
import { systemRandom } from './system/random.ts';
import { createResolver } from './system/resolver.ts';
import type { HostSettings, ListenSettings, Settings } from './system/settings.ts';
import { loadCertificate } from './system/tls.ts';
import { replies } from './values/reply.ts';
import type { ListenerRole } from './values/session.ts';

/** What makes a role. */
export interface Role {
  readonly name: 'inbound' | 'outbound';
  host(settings: Settings): HostSettings;
  listeners(settings: Settings): readonly { readonly role: ListenerRole; readonly listen: ListenSettings }[];
  /** Networks that may relay without credentials. */
  trusted(settings: Settings): readonly string[];
  /** File of those who may relay with a password. */
  users(settings: Settings): string | null;
}

export interface Gateway extends Running {
  readonly listeners: readonly { readonly role: ListenerRole; readonly host: string; readonly port: number }[];
  readonly http: { readonly host: string; readonly port: number } | null;
}

/** @throws with what is wrong and its fix: an address in use, a directory that cannot be written, a bad file */
export async function openGateway(role: Role, load: () => Settings, log: Log): Promise<Gateway> {
  let settings = load();
  const host = role.host(settings);
  const clock = systemClock;
  const metrics = createMetrics(role.name);
  const files = createSecrets(role, settings);
  let trusted = createNetworks(role.trusted(settings));

  // Ports first, while we may be root; nobody is served before the rest is there.
  let hooksOf: ((role: ListenerRole) => SessionHooks) | null = null;
  ownSpoolDirectory(host.spool, settings);
  const certificate = await loadCertificate(settings.tls, host.host, host.spool);
  if (certificate.selfSigned) log.warn('tls.self-signed', { fix: 'set tls.certFile and tls.keyFile', host: host.host });
  const counter = new ConnectionCounter();
  const listenerOptions = (of: Settings, listenerRole: ListenerRole): Pick<ListenerOptions, 'smtp' | 'limits' | 'trusts' | 'hooks'> => ({
    smtp: of.smtp,
    limits: of.limits,
    trusts: (address) => listenerRole === 'submission' && trusted.has(address),
    hooks: lateHooks(() => hooksOf?.(listenerRole), listenerRole === 'submission' && files.users.size > 0),
  });
  const listeners: { role: ListenerRole; listener: Listener }[] = [];
  const open: (() => Promise<unknown>)[] = [];
  const closeAll = async (): Promise<void> => {
    for (const close of open.toReversed()) await close();
  };
  try {
    for (const { role: listenerRole, listen } of role.listeners(settings)) {
      const listener = await openListener({
        ...listenerOptions(settings, listenerRole),
        role: listenerRole,
        host: host.host,
        listen,
        tls: listen.tls === 'none' ? null : certificate.options,
        clock,
        counter,
        incomingDirectory: join(host.spool, 'incoming'),
      });
      listeners.push({ role: listenerRole, listener });
    }
    dropPrivileges(settings.user, settings.group);

    const spool = await openLmdbSpool({
      directory: host.spool,
      minFreeBytes: settings.queue.minFreeBytes,
      clock,
      onDamage: (damage) => {
        metrics.damaged();
        log.error('spool.damaged', damage);
      },
    });
    open.push(() => spool.close());
    const resolver = createResolver({ servers: settings.dns.servers, timeoutMs: settings.dns.timeoutMs });
    open.push(() => Promise.resolve(resolver.close()));
    const store = openKnowledgeStore(join(host.spool, 'recipients'));
    open.push(() => store.close());
    const localServers = createLocalServers(systemRandom);
    const rest = createNextHopRest();
    const connections = createConnections({
      localName: host.host,
      settings: settings.send,
      addressesOf: async (name) => {
        const found = await lookUpHost(name, { resolver, namedBy: 'configuration' });
        if (found.kind === 'addresses') return found.addresses;
        throw new Error(found.reply.text);
      },
      now: () => clock.now(),
      log,
    });
    open.push(() => connections.close());
    const attempts = createAttempts({
      settings: () => settings,
      passwordIn: (file) => files.passwordIn(file),
      connections,
      resolver,
      localServers,
      rest,
      ownNames: () => machineNames(host.host, ...host.addresses),
      clock,
      random: systemRandom,
      log,
    });
    const recipients = createRecipients(
      {
        store,
        clock,
        log,
        rules: () => settings.recipients,
        ask: ({ localServers: servers }, address) => attempts.probe(servers, address, settings.recipients.timeoutMs),
      },
      settings.domains,
    );
    const nextId = createIds({ clock, slot: 0 });
    const retryAt = (count: number, local = false): number => {
      const at = nextAttemptAt({ attempts: count, now: clock.now(), random: systemRandom.next(), settings: settings.queue });
      return local ? Math.min(at, clock.now() + LOCAL_RETRY_MS * (0.8 + 0.4 * systemRandom.next())) : at;
    };
    const dispatcher = createDispatcher({
      settings: () => settings,
      spool,
      attempts,
      notify: createNotify({ host: host.host, spool, nextId, expireMs: () => settings.queue.expireMs, clock }),
      retryAt,
      clock,
      log,
      metrics,
    });
    open.push(() => dispatcher.close());
    hooksOf = createIntake({
      host: host.host,
      settings: () => settings,
      attempts,
      recipients,
      spool,
      dispatcher,
      authenticate: (user, password) => verifyUser(files.users, user, password),
      nextId,
      retryAt: (count) => retryAt(count, true),
      clock,
      log,
      metrics,
    });
    metrics.watch({
      sessions: () => counter.total,
      queueEntries: () => spool.count(),
      oldestDueSeconds: () => Math.max(0, (clock.now() - spool.nextDueAt(() => false)) / 1000) || 0,
      attemptsActive: () => dispatcher.active,
      spoolFreeBytes: () => freeBytes(host.spool),
    });
    let draining = false;
    const token = keepToken(join(host.spool, 'api-token'));
    const http = host.http && (await openHttp({
      listen: host.http,
      metrics,
      token,
      notReady: () => [...(draining ? ['shutting down'] : []), ...(freeBytes(host.spool) < settings.queue.minFreeBytes ? [`the spool's disk has less than queue.minFree left`] : [])],
      api: gatewayApi({ role: role.name, host: host.host, spool, dispatcher, localServers, rest, counter, clock, settings: () => settings }),
    }));
    if (http) open.push(() => http.close());
    dispatcher.start();
    const addresses = listeners.map(({ role: listenerRole, listener }) => ({ role: listenerRole, ...listener.address }));
    log.info('gateway.started', { host: host.host, listeners: addresses, http: http?.address, spool: host.spool, queued: spool.count() });

    return {
      listeners: addresses,
      http: http ? http.address : null,
      async reload() {
        const next = load();
        recipients.reload(next.domains);
        files.reload(next);
        const fresh = await loadCertificate(next.tls, host.host, host.spool);
        trusted = createNetworks(role.trusted(next));
        settings = next;
        for (const { role: listenerRole, listener } of listeners)
          listener.reload({ ...listenerOptions(next, listenerRole), tls: fresh.options });
        rest.end();
      },
      async close() {
        draining = true;
        await Promise.all(listeners.map(({ listener }) => listener.close(settings.shutdownTimeoutMs)));
        await closeAll();
      },
    };
  } catch (error) {
    await Promise.all(listeners.map(({ listener }) => listener.close(0)));
    await closeAll();
    throw error;
  }
}

/** Mail for a local server that was away is tried again about as often as it is looked at. */
const LOCAL_RETRY_MS = 60_000;

/** Hooks for a listener that is bound before there is anyone to serve its clients. */
function lateHooks(hooks: () => SessionHooks | undefined, authenticates: boolean): SessionHooks {
  const ready = (): SessionHooks => {
    const found = hooks();
    if (!found) throw new Error('the gateway is still starting');
    return found;
  };
  return {
    connect: (session) => hooks()?.connect(session) ?? (hooks() ? null : replies.tooManyConnections),
    mail: (...facts) => ready().mail(...facts),
    rcpt: (...facts) => ready().rcpt(...facts),
    message: (...facts) => ready().message(...facts),
    authenticate: authenticates ? (...facts) => ready().authenticate!(...facts) : undefined,
    refused: (...facts) => hooks()?.refused(...facts),
    closed: (...facts) => hooks()?.closed(...facts),
    fault: (...facts) => hooks()?.fault(...facts),
  };
}

/** Users and passwords, read while we may: at start, and again on reload. */
function createSecrets(role: Role, first: Settings) {
  const read = (settings: Settings) => {
    const path = role.users(settings);
    const { users, faults } = path === null ? { users: new Map<string, string>(), faults: [] } : parseUsers(readFileSync(path, 'utf8'));
    if (faults.length > 0) throw new Error(faults.map(({ line, problem }) => `${path}:${line}: ${problem}`).join('\n'));
    const passwords = new Map<string, string>();
    for (const { auth } of settings.routes.values())
      if (auth) passwords.set(auth.passwordFile, readFileSync(auth.passwordFile, 'utf8').replace(/\r?\n$/, ''));
    return { users, passwords };
  };
  let current = read(first);
  return {
    get users() {
      return current.users;
    },
    passwordIn: (file: string): string => current.passwords.get(file) ?? '',
    reload: (settings: Settings) => void (current = read(settings)),
  };
}

/** As root, makes the spool directory and gives it to the account the gateway will run as. */
function ownSpoolDirectory(directory: string, { user, group }: Settings): void {
  if (user === null || process.getuid?.() !== 0) return;
  mkdirSync(directory, { recursive: true, mode: 0o700 });
  process.setegid!(group ?? user);
  process.seteuid!(user);
  const [uid, gid] = [process.geteuid!(), process.getegid!()];
  process.seteuid!(0);
  process.setegid!(0);
  chownSync(directory, uid, gid);
}

/** The secret of /api: who can read the spool directory may use it. */
function keepToken(path: string): string {
  if (!existsSync(path)) writeFileSync(path, `${randomBytes(24).toString('base64url')}\n`, { mode: 0o600 });
  return readFileSync(path, 'utf8').trim();
}
