/** What is measured of a long queue, each with a spool of its own. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { setTimeout as pause } from 'node:timers/promises';
import { freePorts } from '../../test/support/ports.ts';
import { atEnd, temporaryDirectory } from '../endings.ts';
import { pathOf, untilGreeting } from '../program.ts';
import { fill, type Filling } from './fill.ts';
import type { Phase } from './phase.ts';
import { startOutbound, type Outbound } from './outbound.ts';

export interface Options {
  readonly messages: number;
  readonly nextHops: number;
  /** How long a window of measuring is. */
  readonly seconds: number;
  /** A directory for V8 profiles. */
  readonly profile?: string;
}

const LATER = 86_400_000;
const checkout = join(import.meta.dirname, '../..');

const hopName = (index: number): string => `d${index}.example`;
const spread =
  ({ nextHops }: Options) =>
  (index: number): string =>
    hopName(index % nextHops);

interface NextHop {
  readonly port: number;
  readonly answered: () => number;
  readonly stop: () => Promise<void>;
}

async function startNextHop(how: 'takes' | 'defers' | 'hangs'): Promise<NextHop> {
  const [port = 0] = await freePorts(1);
  const child = spawn(process.execPath, [join(import.meta.dirname, 'next-hop.ts'), `${port}`, how], {
    stdio: ['ignore', 'pipe', 'inherit'],
    detached: true,
  });
  const exited = once(child, 'exit');
  const stop = atEnd(async () => {
    child.kill();
    await exited;
  });
  let answered = 0;
  createInterface({ input: child.stdout }).on('line', (line) => (answered = Number(line)));
  if (how === 'hangs') await pause(500);
  else
    await untilGreeting(
      port,
      () => child.exitCode !== null,
      () => '',
    );
  return { port, answered: () => answered, stop };
}

async function filled(
  ...fillings: Filling[]
): Promise<{ directory: string; remove: () => void | Promise<void> }> {
  const { path, remove } = await temporaryDirectory();
  await fill(join(path, 'spool'), fillings);
  return { directory: path, remove };
}

export interface AtRest {
  readonly startMs: number;
  readonly starting: Phase;
  readonly atRest: Phase;
  readonly firstPageMs: number;
  readonly listMs: number;
  readonly listed: number;
  readonly nextHopsMs: number;
  /** While the queue was listed and added up. */
  readonly listing: Phase;
}

/** Nothing is due: how long it takes to start and to list, and what it takes of memory. */
export async function atRest(options: Options): Promise<AtRest> {
  const { messages } = options;
  const { directory, remove } = await filled({
    messages,
    domainOf: spread(options),
    dueAt: Date.now() + LATER,
  });
  const outbound = await startOutbound({ directory, routes: { '*': 9 } });
  const endRest = outbound.beginPhase();
  await pause(5_000);
  const resting = endRest();
  const endListing = outbound.beginPhase();
  const firstPageMs = await timed(() => list(outbound, '--limit', '200'));
  let listed = 0;
  const listMs = await timed(async () => (listed = await list(outbound)));
  const nextHopsMs = await timed(() => mailpair(outbound, 'status', '--json', '--role', 'outbound'));
  const listing = endListing();
  await outbound.stop();
  await remove();
  const { startMs, starting } = outbound;
  return { startMs, starting, atRest: resting, firstPageMs, listMs, listed, nextHopsMs, listing };
}

async function timed(work: () => Promise<unknown>): Promise<number> {
  const startedAt = performance.now();
  await work();
  return performance.now() - startedAt;
}

const list = (outbound: Outbound, ...more: readonly string[]): Promise<number> =>
  mailpair(outbound, 'queue', 'list', '--json', '--role', 'outbound', ...more);

/** @returns the lines it printed */
async function mailpair({ configFile }: Outbound, ...words: readonly string[]): Promise<number> {
  const tool = join(checkout, 'packages/outbound-gateway/src/mailpair.ts');
  const child = spawn(process.execPath, [tool, ...words, '--config', configFile], {
    stdio: ['ignore', 'pipe', 'ignore'],
  });
  let lines = 0;
  child.stdout.on('data', (piece: Buffer) => {
    for (let at = piece.indexOf(10); at >= 0; at = piece.indexOf(10, at + 1)) lines += 1;
  });
  await once(child, 'close');
  return lines;
}

export interface Attempted {
  readonly cpuMsPerAttempt: number;
  readonly perSecond: number;
  /** From the start on. */
  readonly memory: Phase;
}

/** All is due and its next hop answers 451: what an attempt costs that ends in a deferral. */
export const deferring = (options: Options): Promise<Attempted> =>
  allDue(options, 'defers', 'queue: { retryFirst: 1s, retryMax: 1s }');

/** All is due and its next hop takes it. */
export const delivering = (options: Options): Promise<Attempted> => allDue(options, 'takes');

async function allDue(options: Options, how: 'defers' | 'takes', more?: string): Promise<Attempted> {
  const { messages } = options;
  const { directory, remove } = await filled({ messages, domainOf: spread(options), dueAt: Date.now() });
  const hop = await startNextHop(how);
  const outbound = await startOutbound({
    directory,
    routes: { '*': hop.port },
    ...(more !== undefined && { more }),
    ...(options.profile !== undefined && { profile: options.profile }),
  });
  const measured = await windowOf(outbound, hop.answered, options.seconds);
  await outbound.stop();
  await hop.stop();
  await remove();
  return measured;
}

/** Work of so many seconds, after half as many to warm up. */
async function windowOf(outbound: Outbound, count: () => number, seconds: number): Promise<Attempted> {
  const endPhase = outbound.beginPhase();
  await pause(seconds * 500);
  const [cpuBefore, countBefore, before] = [outbound.cpuMs(), count(), performance.now()];
  await pause(seconds * 1_000);
  const counted = count() - countBefore;
  const elapsedMs = performance.now() - before;
  return {
    cpuMsPerAttempt: counted > 0 ? (outbound.cpuMs() - cpuBefore) / counted : 0,
    perSecond: (counted / elapsedMs) * 1_000,
    memory: endPhase(),
  };
}

/** Mail that comes and goes while the queue waits: what a message costs that is taken, stored, delivered and removed. */
export async function passing(options: Options): Promise<Attempted> {
  const { messages, seconds } = options;
  const { directory, remove } = await filled({
    messages,
    domainOf: spread(options),
    dueAt: Date.now() + LATER,
  });
  const hop = await startNextHop('takes');
  const outbound = await startOutbound({
    directory,
    routes: { '*': hop.port },
    ...(options.profile !== undefined && { profile: options.profile }),
  });
  const source = pathOf('smtp-source');
  if (source === null)
    throw new Error('smtp-source is missing: apt-get install --no-install-recommends postfix');
  const words = [
    '-d',
    '-s',
    '20',
    '-l',
    '4096',
    '-m',
    '1000000',
    '-f',
    'us@hosted.example',
    '-t',
    'them@d1.example',
  ];
  const child = spawn(source, [...words, `127.0.0.1:${outbound.submissionPort}`], {
    stdio: 'ignore',
    detached: true,
  });
  const exited = once(child, 'exit');
  const end = atEnd(async () => {
    child.kill();
    await exited;
  });
  const measured = await windowOf(outbound, hop.answered, seconds);
  await end();
  await outbound.stop();
  await hop.stop();
  await remove();
  return measured;
}

export interface BesideDead {
  /** Until the live ones had theirs; null when they had not within a minute. */
  readonly aloneMs: number | null;
  readonly besideMs: Readonly<Record<'refuses' | 'hangs', number | null>>;
  readonly live: number;
  readonly dead: number;
}

const LIVE = 20_000;

/** Half of the queue is for one next hop that is dead, all is due: how long the others wait. */
export async function besideDead(options: Options): Promise<BesideDead> {
  const dead = options.messages / 2;
  const [refusing = 0] = await freePorts(1);
  const hanging = await startNextHop('hangs');
  return {
    live: LIVE,
    dead,
    aloneMs: await untilLiveHave(options, 0, refusing),
    besideMs: {
      refuses: await untilLiveHave(options, dead, refusing),
      hangs: await untilLiveHave(options, dead, hanging.port),
    },
  };
}

async function untilLiveHave({ nextHops }: Options, dead: number, deadPort: number): Promise<number | null> {
  const now = Date.now();
  const { directory, remove } = await filled(
    { messages: dead, domainOf: () => 'dead.example', dueAt: now },
    { messages: LIVE, domainOf: (index) => hopName(index % nextHops), dueAt: now },
  );
  const hop = await startNextHop('takes');
  const outbound = await startOutbound({ directory, routes: { 'dead.example': deadPort, '*': hop.port } });
  const startedAt = performance.now();
  while (hop.answered() < LIVE && performance.now() - startedAt < 60_000) await pause(20);
  const elapsedMs = hop.answered() < LIVE ? null : performance.now() - startedAt;
  await outbound.stop();
  await hop.stop();
  await remove();
  return elapsedMs;
}
