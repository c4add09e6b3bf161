/**
 * A pair of gateways with a world around it, all on loopback: a DNS, a local server that holds the mailboxes of
 * example.com, and a server that takes mail for everybody else.
 */
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { nestKeys } from '@mailpair/proving/loopback/nest-keys';
import { startDns, type DnsZone, type TestDns } from './dns-server.ts';
import { gatewayProcess, type GatewayProcess } from './gateway-process.ts';
import { openLocalServer, type LocalServer, type LocalServerOptions } from './local-server.ts';
import { freePorts } from './ports.ts';
import type { Target } from './smtp-client.ts';

export const INBOUND = 'mx-in.example.com';
export const OUTBOUND = 'mx-out.example.com';
/** Of each gateway, where a scenario does not say. Several know of each other's clients a moment later only. */
export const WORKERS = Number(process.env['MAILPAIR_TEST_WORKERS'] ?? 1);
/** So many connections that each worker has one. */
export const ROUND = WORKERS === 1 ? 1 : 8;

/** Does it so often, one after the other. @param ask over a connection of its own */
export async function askAll<T>(ask: (n: number) => Promise<T>): Promise<T[]> {
  const answers: T[] = [];
  for (let n = 0; n < ROUND; n += 1) answers.push(await ask(n));
  return answers;
}

/** Keys of mailpair.yaml by path, `queue.retryFirst`. */
export type ConfigKeys = Readonly<{ [path: string]: unknown }>;

export interface PairOptions {
  /** Gateways to start; both by default. */
  readonly start?: readonly ('inbound' | 'outbound')[];
  readonly config?: ConfigKeys;
  /** Of the gateways' processes, besides our own. */
  readonly env?: NodeJS.ProcessEnv;
  readonly zone?: DnsZone;
  /** Where the server for everybody else listens; a free port by default. */
  readonly internet?: LocalServerOptions;
}

export interface Pair {
  /** Temporary; holds configuration and spools. */
  readonly directory: string;
  readonly configFile: string;
  readonly dns: TestDns;
  readonly local: LocalServer;
  readonly internet: LocalServer;
  readonly inbound: GatewayProcess;
  readonly outbound: GatewayProcess;
  /** Where mail comes in: inbound's MX listener, outbound's, and outbound's for submission. */
  readonly mxIn: Target;
  readonly mxOut: Target;
  readonly submission: Target;
  /** What GET gives from the HTTP listener of a gateway, as JSON or text; /api with its token. */
  get(role: 'inbound' | 'outbound', path: string): Promise<unknown>;
  /** Writes the configuration anew, with further keys; a gateway learns of it by SIGHUP or restart. */
  configure(keys: ConfigKeys): void;
  /** Stops everything. The directory goes too, unless it is to be kept. */
  close(options?: { readonly keep?: boolean }): Promise<void>;
}

export async function openPair(options: PairOptions = {}): Promise<Pair> {
  const directory = mkdtempSync(join(tmpdir(), 'mailpair-'));
  const configFile = join(directory, 'mailpair.yaml');
  const [mxInPort, mxOutPort, submissionPort, httpIn, httpOut] = (await freePorts(5)) as [
    number,
    number,
    number,
    number,
    number,
  ];
  const [dns, local, internet] = await Promise.all([
    startDns({
      'example.com': {
        MX: [
          [10, INBOUND],
          [20, OUTBOUND],
        ],
      },
      [INBOUND]: { A: ['127.0.0.1'] },
      [OUTBOUND]: { A: ['127.0.0.1'] },
      ...options.zone,
    }),
    openLocalServer(),
    openLocalServer(options.internet),
  ]);
  let keys: ConfigKeys = {
    domains: ['example.com'],
    'inbound.host': INBOUND,
    'inbound.listen': [`127.0.0.1:${mxInPort}`],
    'inbound.spool': join(directory, 'inbound'),
    'inbound.http': `127.0.0.1:${httpIn}`,
    'inbound.workers': WORKERS,
    'outbound.host': OUTBOUND,
    'outbound.listen.mx': [`127.0.0.1:${mxOutPort}`],
    'outbound.listen.submission': [`127.0.0.1:${submissionPort}`],
    'outbound.trusted': ['127.0.0.1'],
    'outbound.spool': join(directory, 'outbound'),
    'outbound.http': `127.0.0.1:${httpOut}`,
    'outbound.workers': WORKERS,
    'dkim.keys': join(directory, 'dkim'),
    localServers: [`127.0.0.1:${local.port}`],
    routes: { '*': `smtp://127.0.0.1:${internet.port}` },
    'dns.servers': [dns.address],
    'queue.retryFirst': '500ms',
    'queue.retryMax': '2s',
    'queue.minFree': '10MB',
    // A slow disk or a busy machine is load enough to send clients away.
    'load.shed': false,
    ...options.config,
  };
  const configure = (more: ConfigKeys): void => {
    keys = { ...keys, ...more };
    writeFileSync(configFile, `${JSON.stringify(nestKeys(keys), null, 2)}\n`);
  };
  configure({});
  const { env = {} } = options;
  const inbound = gatewayProcess({ role: 'inbound', configFile, env });
  const outbound = gatewayProcess({ role: 'outbound', configFile, env });
  const target = (name: string, port: number): Target => ({ name, host: '127.0.0.1', port });

  const pair: Pair = {
    directory,
    configFile,
    dns,
    local,
    internet,
    inbound,
    outbound,
    mxIn: target(INBOUND, mxInPort),
    mxOut: target(OUTBOUND, mxOutPort),
    submission: target(OUTBOUND, submissionPort),
    get: (role, path) => getFrom(role === 'inbound' ? httpIn : httpOut, join(directory, role), path),
    configure,
    async close({ keep = false } = {}) {
      await Promise.all([inbound.kill9(), outbound.kill9()]);
      await Promise.all([local.stop(), internet.stop(), dns.close()]);
      if (!keep) rmSync(directory, { recursive: true, force: true });
    },
  };
  try {
    const gateways = [inbound, outbound].filter(
      ({ role }) => options.start?.includes(role) ?? options.start === undefined,
    );
    await Promise.all(gateways.map((gateway) => gateway.start()));
    return pair;
  } catch (error) {
    await pair.close();
    throw error;
  }
}

async function getFrom(port: number, spool: string, path: string): Promise<unknown> {
  const token = path.startsWith('/api') ? readFileSync(join(spool, 'api-token'), 'utf8').trim() : '';
  const response = await fetch(`http://127.0.0.1:${port}${path}`, {
    headers: { authorization: `Bearer ${token}` },
  });
  const isJson = response.headers.get('content-type')?.includes('json');
  return isJson ? response.json() : response.text();
}
