/** Mailpair's gateways, each run from a checkout as an operator runs it: from this one, with one worker, by default. */
import { execFileSync } from 'node:child_process';
import { mkdir, writeFile } from 'node:fs/promises';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { heaps, launchSettings } from '@mailpair/shared/gateway/compose/launch';
import { freePorts } from '../../test/support/ports.ts';
import type { Candidate, Kind, Place, RunningCandidate } from '../candidate.ts';
import { atEnd } from '../endings.ts';
import type { JudgedWorld } from '../judged-world.ts';
import { outsideObstacle } from '../outside-address.ts';
import { cpuMsOf, memoryOf, treeOf } from '../process-tree.ts';
import { endOf, endTree, startProgram, untilGreeting } from '../program.ts';

const thisCheckout = join(import.meta.dirname, '../..');

const shared = {
  isReference: false,
  isNode: true,
  idleConnections: 10_000,
  version,
  obstacle: () => null,
} as const;

export const mailpairRelay: Candidate = {
  ...shared,
  name: 'Mailpair inbound',
  kind: 'relay',
  recipient: 'user@hosted.example',
  start: (place) => startGateway('inbound', place),
};

export const mailpairQueue: Candidate = {
  ...shared,
  name: 'Mailpair outbound',
  kind: 'queue',
  recipient: 'user@elsewhere.example',
  start: (place) => startGateway('outbound', place),
};

export const mailpairJudged: Candidate = {
  ...shared,
  obstacle: outsideObstacle,
  name: 'Mailpair inbound',
  kind: 'judged',
  recipient: 'user@hosted.example',
  start: (place) => startGateway('inbound', place),
};

/** The candidate of a kind, started in another way. */
export function mailpairWith(kind: Kind, options: GatewayOptions): Candidate {
  const candidate = { relay: mailpairRelay, queue: mailpairQueue, judged: mailpairJudged }[kind];
  const role = kind === 'queue' ? 'outbound' : 'inbound';
  return { ...candidate, start: (place) => startGateway(role, place, options) };
}

interface GatewayOptions {
  readonly workers?: number;
  /** Directory of the checkout whose gateway and commands are run. */
  readonly checkout?: string;
}

async function startGateway(
  role: 'inbound' | 'outbound',
  place: Place,
  { workers = 1, checkout = thisCheckout }: GatewayOptions = {},
): Promise<RunningCandidate> {
  const [port = 0, httpPort = 0] = await freePorts(2);
  const configFile = join(place.directory, 'mailpair.yaml');
  const output = join(place.directory, 'log');
  await mkdir(place.directory, { recursive: true });
  await writeFile(configFile, composeConfig(port, httpPort, place, workers));
  const main = join(checkout, `packages/${role}-gateway/src/main.ts`);
  const node = place.profileDirectory ? profiledNode(role, place.profileDirectory) : [process.execPath];
  const words = [...place.under, ...node, main, '--config', configFile];
  const program = await startProgram(words, { output });
  // A tracer lives as long as what it traces, and would let it live on.
  const gateway = (): number => treeOf(program.pid)[place.under.length > 0 ? 1 : 0]?.pid ?? 0;
  const stop = atEnd(async () => {
    await endTree(gateway());
    await program.stop();
  });
  await untilGreeting(
    port,
    () => program.ended !== undefined,
    () => endOf(output),
    place.host,
  );
  const mailpair = commandOf(checkout, configFile);
  if (place.world) await teach(mailpair, place.world);
  return {
    port,
    cpuMs: () => cpuMsOf(gateway()),
    memory: () => memoryOf(gateway()),
    ...(place.world && { judgedBy: () => judgedBy(mailpair) }),
    lastWords: () => endOf(output),
    stop,
  };
}

/**
 * With the settings that it would otherwise start itself anew with: a tick of the profiler's clock (SIGPROF) that is on its way
 * while a process replaces itself ends the new one.
 */
export function profiledNode(role: 'inbound' | 'outbound', directory: string): string[] {
  const { flags, env } = launchSettings(heaps[role]);
  const variables = Object.entries(env).map(([name, value]) => `${name}=${value}`);
  const profiling = ['--cpu-prof', `--cpu-prof-dir=${directory}`, '--cpu-prof-name=cpuprofile'];
  return ['/usr/bin/env', ...variables, process.execPath, ...flags, ...profiling];
}

/** The command `mailpair`; it returns what it prints. */
type Command = (...words: readonly string[]) => string;

const commandOf =
  (checkout: string, configFile: string): Command =>
  (...words) =>
    execFileSync(
      process.execPath,
      [join(checkout, 'packages/inbound-gateway/src/mailpair.ts'), ...words, '--config', configFile],
      { encoding: 'utf8', stdio: ['ignore', 'pipe', 'pipe'] },
    );

/** Before the first round, so that it does not count. Returns when it judges by what it was taught. */
async function teach(mailpair: Command, { ham, spam }: JudgedWorld): Promise<void> {
  for (const [kind, folder] of Object.entries({ ham, spam })) mailpair('learn', kind, folder);
  for (let tries = 0; tries < 100; tries += 1)
    try {
      mailpair('learn', 'status', '--role', 'inbound');
      return;
    } catch {
      await pause(100);
    }
  throw new Error('it does not judge by what it was taught');
}

/** The record of the last message must have all four. */
async function judgedBy(mailpair: Command): Promise<string> {
  await pause(1_000);
  const trace = mailpair('trace', 'sender@sender.example', '--role', 'inbound');
  const missing = ['spf', 'authentication', 'bayes'].filter(
    (fact) => !new RegExp(`\\b${fact} \\(`).test(trace),
  );
  if (missing.length > 0) throw new Error(`not judged by ${missing.join(', ')}:\n${trace.slice(0, 2_000)}`);
  return trace;
}

/** As shipped it takes 50 connections of one client; and with few places left it sends strangers away. */
const SHIPPED_PER_CLIENT = 50;

function composeConfig(port: number, httpPort: number, place: Place, workers: number): string {
  const { directory, sinkPort, host, world, certificate, connections } = place;
  const judged = world
    ? `dns: { servers: ["${world.dns}"] }\nrates: { exempt: ["${host}/32"] }`
    : 'judge: { mode: off }';
  const limits =
    connections > SHIPPED_PER_CLIENT
      ? `limits: { connections: ${2 * connections}, connectionsPerClient: ${2 * connections}, connectionsPerNetwork: ${2 * connections} }`
      : '';
  const tls = certificate ? `tls: ${JSON.stringify(certificate)}` : '';
  return `${judged}
${limits}
${tls}
domains: [hosted.example]
inbound:
  host: mx-in.hosted.example
  addresses: [192.0.2.10]
  listen: ["${host}:${port}"]
  spool: ${join(directory, 'spool-inbound')}
  http: ${world ? `127.0.0.1:${httpPort}` : 'none'}
  workers: ${workers}
outbound:
  host: mx-out.hosted.example
  addresses: [192.0.2.20]
  listen: { submission: ["127.0.0.1:${port}"], mx: [] }
  trusted: [127.0.0.0/8]
  spool: ${join(directory, 'spool-outbound')}
  http: none
  workers: ${workers}
localServers: ["127.0.0.1:${sinkPort}"]
recipients: { verify: none }
submitters: { domains: ["*"], limited: none }
routes: { "*": "smtp://127.0.0.1:${sinkPort}" }
`;
}

function version(): string {
  const about = JSON.parse(readFileSync(join(thisCheckout, 'package.json'), 'utf8')) as { version: string };
  return `Mailpair ${about.version}, Node ${process.versions.node}`;
}
