/**
 * `mailpair balancer dns-rr`: keeps the DNS addresses of a role up to date with the health and load of its
 * nodes.
 */
import { randomInt } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { hostname } from 'node:os';
import { setTimeout as pause } from 'node:timers/promises';
import { askDetails } from '@mailpair/shared/gateway/compose/ask-details';
import { roleNames, type RoleName } from '@mailpair/shared/platform/values/role-name';
import { balancedName } from '@mailpair/planner/dns-rr/balanced-name';
import { Balancer } from '@mailpair/planner/dns-rr/balancer';
import { explain } from '@mailpair/planner/dns-rr/explain';
import { parseKeyFile } from '@mailpair/planner/dns-rr/key-file';
import type { News } from '@mailpair/planner/dns-rr/news';
import { lookAt, type ObservedNode } from '@mailpair/planner/dns-rr/observe';
import { createRecordServer } from '@mailpair/planner/dns-rr/record-server';
import type { TsigKey } from '@mailpair/planner/dns-rr/tsig';
import type { OwnView } from '@mailpair/planner/dns-rr/view-keeper';
import { formatHostPort, type HostPort } from '@mailpair/shared/platform/network/addresses';
import { isWithinDomain } from '@mailpair/shared/platform/values/address';
import { systemClock } from '@mailpair/shared/platform/time/clock';
import { loadSettings } from '@mailpair/shared/config/read/load-settings';
import type { NodeSettings } from '@mailpair/shared/config/sections/nodes';
import type { Settings } from '@mailpair/shared/config/settings';
import { composeJson, composeTable } from './dns-rr-report.ts';
import { terminalWidth } from '../framework/table.ts';
import { choiceOption, expectOperands, UsageError } from '../framework/verb.ts';
import type { Io, Verb, VerbArgs } from '../framework/verb.ts';

/** The state of an address changes after three consecutive observations; `--once` makes only one. */
const PATIENCE = { deadAfter: 3, backAfter: 3 };
const NO_PATIENCE = { deadAfter: 1, backAfter: 1 };
const LOOK_TIMEOUT_MS = 5_000;
/** A view is valid for three renewal intervals, so two renewals may fail. */
const VIEW_RENEW_MS = 60_000;
const VIEW_VALID_MS = 180_000;

export const balancerDnsRr: Verb = {
  usage: 'balancer dns-rr [--role inbound|outbound] [--once] [--dry-run] [--restore] [--explain]',
  options: {
    role: { type: 'string' },
    once: { type: 'boolean' },
    'dry-run': { type: 'boolean' },
    restore: { type: 'boolean' },
    explain: { type: 'boolean' },
  },
  help: `
Observes every node of a role, its SMTP greeting and the load in its /healthz/details, and changes the A
and AAAA records of the role's name (inbound.host) in the primary name server by signed updates (RFC 2136,
TSIG). It authenticates the request for the load with the secret of the pair (pair.secretFile). A node is
withdrawn after three observations without a greeting and returns after three with one. A live node
with less headroom is left out for more of the time, so the share of each node follows its headroom.
If all nodes seem dead, all are published. Updates are at least dns.update.ttl apart. Mail does not
depend on this command: when it ends, the addresses stay unchanged.

A node that is full is not dead: it greets with 421, or its port is closed while its /healthz/details
answers. It keeps a small share. A node that reports that it is draining is withdrawn at once.

Run it on two hosts. Each publishes its view as a TXT record of _mailpair-views.NAME, once a minute
and after every change. An address stays published while one of them sees it alive. A view that is
not renewed for three minutes expires; each reader measures this by its own clock, so clocks may
differ. The updater that has run longest chooses by load. --once changes addresses and publishes no view.

It connects to the published address, at port 25 (or at the port of a listener that is bound to
this address). If a router forwards port 25 to another address or port, and this host is behind
the router too and cannot reach the published address, name the listener itself:
  dns: { update: { look: { "192.0.2.11": "10.0.0.11:2525" } } }

Keys: dns.update.server, .keyFile, .zone, .ttl, .interval, .check, .look, .floor. It runs until SIGTERM
and reports its actions on stderr, or with --json as JSON lines on stdout. The unit is
mailpair-dns-rr.service.

  --role ROLE    inbound (the default) or outbound
  --once         observe once, print a table, and make the update if one is needed
  --dry-run      ask the name server, report what would be changed, and change nothing
  --restore      at the end, publish the addresses of all nodes; with --once, do only that
  --explain      print what BIND or Knot needs for it: key, update-policy, acl

Examples:
  mailpair balancer dns-rr --explain
  mailpair balancer dns-rr --once --dry-run
  mailpair balancer dns-rr --role outbound --json

Exit: 0 done; 1 with --once --dry-run, if something would be changed; 2 usage or fault.
`,
  async run(args, io) {
    expectOperands(args, 0, 0);
    const settings = loadSettings({ file: args.config, env: io.env, sets: args.sets });
    const role = choiceOption(args, 'role', roleNames) ?? 'inbound';
    if (args.options['explain']) return explainTo(io, role, settings);
    if (args.options['restore'] && args.options['dry-run'])
      throw new UsageError('--restore changes the records, and --dry-run must not: leave one out');
    const balancer = openBalancer(role, settings, args, io);
    return args.options['once'] ? once(balancer, role, settings, args, io) : keep(balancer, settings, args);
  },
};

function openBalancer(role: RoleName, settings: Settings, args: VerbArgs, io: Io): Balancer {
  const { server, zone, keyFile, ttlMs, intervalMs, floor } = settings.dns.update;
  if (server === null || keyFile === null)
    throw new Error(
      'dns.update.server is not set: name the primary name server of the zone, and its key in dns.update.keyFile ' +
        '("mailpair balancer dns-rr --explain" tells what it needs)',
    );
  const { name, nodes, listeners } = balancedName(role, settings);
  const key = readKey(keyFile);
  const asked = { server, keyName: key.name, keyFile, host: name, zone: zone ?? '', change: false };
  const timeoutMs = LOOK_TIMEOUT_MS + settings.smtp.greetingPauseMs;
  const looked = nodes.map((node, index) => observed(role, node, listeners[index]!, settings));
  const balancer = new Balancer({
    name,
    nodes,
    look: () => Promise.all(looked.map((node) => lookAt(node, timeoutMs))),
    server: createRecordServer({ asked, key, timeoutMs: settings.dns.timeoutMs, clock: systemClock }),
    zone,
    rules: {
      ...(args.options['once'] ? NO_PATIENCE : PATIENCE),
      ttlSeconds: Math.ceil(ttlMs / 1000),
      intervalMs,
      floor,
    },
    own: ownView(settings),
    writesView: args.options['once'] !== true,
    dryRun: args.options['dry-run'] === true,
    clock: systemClock,
    tell(news) {
      const isOnce = args.options['once'] === true;
      // With a single step, the fault is reported at the end.
      if (!isOnce || news.event !== 'records.fault') tell(news, role, args.json && !isOnce, io);
    },
  });
  const hosts = nodes.map(({ host }) => host);
  const text = `keeping ${name} (${hosts.join(', ')}) in ${formatHostPort(server)} with the key ${key.name}`;
  if (!args.options['once'])
    tell(
      { level: 'info', event: 'balancer.started', text, fields: { host: name, nodes: hosts } },
      role,
      args.json,
      io,
    );
  return balancer;
}

const observed = (
  role: RoleName,
  node: NodeSettings,
  listeners: readonly HostPort[],
  settings: Settings,
): ObservedNode => ({
  listeners,
  health: node.url === null ? null : (timeoutMs) => askDetails(role, node, settings, timeoutMs),
});

/** A random word distinguishes this process from an earlier one on the same host. */
function ownView({ dns: { update } }: Settings): OwnView {
  const host =
    hostname()
      .toLowerCase()
      .replace(/[^a-z0-9._-]/g, '-')
      .slice(0, 63) || 'unnamed';
  return {
    by: `${host}/${randomInt(36 ** 5, 36 ** 6).toString(36)}`,
    since: Math.floor(Date.now() / 1000),
    renewMs: Math.max(VIEW_RENEW_MS, update.checkMs),
    validSeconds: Math.ceil(Math.max(VIEW_VALID_MS, 3 * update.checkMs) / 1000),
  };
}

function tell({ level, event, text, fields }: News, role: RoleName, asJson: boolean, io: Io): void {
  const time = new Date().toISOString();
  if (asJson) io.out(JSON.stringify({ time, level, role, event, ...fields }));
  else io.err(`${time.slice(0, 19)}Z ${level === 'info' ? '' : `${level}: `}${text}`);
}

/** @throws with the file and the fault */
function readKey(keyFile: string): TsigKey {
  try {
    return parseKeyFile(readFileSync(keyFile, 'utf8'));
  } catch (error) {
    throw new Error(`${keyFile} (dns.update.keyFile): ${(error as Error).message}`, { cause: error });
  }
}

async function once(
  balancer: Balancer,
  role: RoleName,
  settings: Settings,
  args: VerbArgs,
  io: Io,
): Promise<number> {
  const { name, nodes } = balancedName(role, settings);
  if (args.options['restore']) await balancer.restore();
  else {
    await balancer.step();
    const report = { name, nodes, balancer };
    io.out(args.json ? composeJson(report) : composeTable(report, terminalWidth(io)));
  }
  if (balancer.fault) throw balancer.fault;
  return args.options['dry-run'] && balancer.isDifferent ? 1 : 0;
}

async function keep(balancer: Balancer, { dns }: Settings, args: VerbArgs): Promise<number> {
  const end = new AbortController();
  const stop = (): void => end.abort();
  process.once('SIGTERM', stop).once('SIGINT', stop);
  while (!end.signal.aborted) {
    const nextAt = Date.now() + dns.update.checkMs;
    await balancer.step();
    await pause(Math.max(0, nextAt - Date.now()), undefined, { signal: end.signal }).catch(() => undefined);
  }
  if (!args.options['restore']) {
    await balancer.leave();
    return 0;
  }
  await balancer.restore();
  return balancer.fault ? 2 : 0;
}

function explainTo(io: Io, role: RoleName, settings: Settings): number {
  const { keyFile, zone } = settings.dns.update;
  const { host } = settings[role];
  const { domains } = settings;
  const hosted = domains.map(({ name }) => name).find((domain) => isWithinDomain(host, domain));
  io.out(
    explain({
      name: host,
      zone: zone ?? hosted ?? host.slice(host.indexOf('.') + 1),
      keyName: keyNameIn(keyFile) ?? 'mailpair',
      keyFile: keyFile ?? '/etc/mailpair/dns.key',
    }),
  );
  return 0;
}

/** Undefined if the key file does not exist yet, as is usual when --explain is used. */
function keyNameIn(keyFile: string | null): string | undefined {
  try {
    return keyFile === null ? undefined : readKey(keyFile).name;
  } catch {
    return undefined;
  }
}
