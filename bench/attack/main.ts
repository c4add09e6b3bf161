/** `npx pnpm@12 bench attack`: how long a legitimate client waits during an attack; exit 1 when that is too long. */
import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { parseArgs } from 'node:util';
import { atEnd } from '../endings.ts';
import { pathOf } from '../program.ts';
import { attacks, type Attack, type AttackName } from './attacks.ts';
import type { Order } from './attacker.ts';
import { send, type Sent } from './client.ts';
import { GATEWAY } from './outside-network.ts';
import { composeTable, rowOf, wayOf, type AttackResult, type Phase, type Row } from './report.ts';
import { openWorld, type World } from './world.ts';

const help = `npx pnpm@12 bench attack [OPTION]...

The time to the 250 of a legitimate client, 95th percentile, with and without each attack, in turns. Exit 1 when it is more than
twice as long and more than 100 ms, or when a message is judged differently. Needs root, for addresses of its own.

  --only NAME,NAME     of the attacks only these: ${attacks.map(({ name }) => name).join(', ')}
  --rounds N           rounds of each attack, with and without it (default 3)
  --messages N         messages of the client in each half of a round (default 20)
  --json FILE          writes the rows there
`;

interface Arguments {
  readonly chosen: readonly (Attack & { readonly name: AttackName })[];
  readonly rounds: number;
  readonly messages: number;
  readonly json: string | null;
}

/** @throws with what is wrong; null when help is asked for */
export function readAttackArguments(words: readonly string[]): Arguments | null {
  const { values } = parseArgs({
    args: [...words],
    options: {
      only: { type: 'string' },
      rounds: { type: 'string', default: '3' },
      messages: { type: 'string', default: '20' },
      json: { type: 'string' },
      help: { type: 'boolean', short: 'h', default: false },
    },
  });
  if (values.help) return null;
  const wanted = values.only?.split(',');
  const unknown = wanted?.find((name) => !attacks.some((attack) => attack.name === name));
  if (unknown !== undefined)
    throw new Error(`--only takes ${attacks.map(({ name }) => name).join(', ')}, not “${unknown}”`);
  for (const option of ['rounds', 'messages'] as const)
    if (!/^[1-9]\d{0,4}$/.test(values[option]))
      throw new Error(`--${option} takes a number above 0, not “${values[option]}”`);
  return {
    chosen: attacks.filter(({ name }) => wanted?.includes(name) ?? true),
    rounds: Number(values.rounds),
    messages: Number(values.messages),
    json: values.json ?? null,
  };
}

/** @returns the exit code */
export async function benchAttacks(words: readonly string[], tell: (line: string) => void): Promise<number> {
  const given = readAttackArguments(words);
  if (given === null) {
    process.stdout.write(help);
    return 0;
  }
  if (pathOf('taskset') === null)
    tell('The attacker is pinned to no core, for taskset is missing: apt-get install util-linux.');
  const rows: Row[] = [];
  for (const attack of given.chosen) {
    const result = await measure(attack, given, tell);
    const row = rowOf(result);
    rows.push(row);
    tell(
      `${attack.name}: ${row.withoutMs.toFixed(0)} ms without, ${row.duringMs.toFixed(0)} ms with ${row.faults.join(', ')}`,
    );
  }
  process.stdout.write(composeTable(rows));
  if (given.json !== null) await writeFile(given.json, `${JSON.stringify(rows, null, 2)}\n`);
  return rows.some(({ faults }) => faults.length > 0) ? 1 : 0;
}

/** A half of a round ends after this, however few messages were sent. */
const MOST_MS = 40_000;
/** For what an attacker left behind: connections that close, files that are read. */
const SETTLE_MS = 1_500;
const WARM_UP = 5;

/** Each attack has gateways of its own, so that none is banned or known for what another did. */
async function measure(
  attack: Attack & { readonly name: AttackName },
  { rounds, messages }: Arguments,
  tell: (line: string) => void,
): Promise<AttackResult> {
  const world = await openWorld();
  const [without, during]: [Phase[], Phase[]] = [[], []];
  let attempts = 0;
  await send(attack, world, WARM_UP, MOST_MS);
  for (let round = 0; round < rounds; round += 1) {
    tell(`${attack.name}, round ${round + 1} of ${rounds}`);
    without.push(await phase(attack, world, messages));
    const attacker = await startAttacker(attack.name, world);
    await pause(SETTLE_MS);
    during.push(await phase(attack, world, messages));
    attempts += await attacker.stop();
    await pause(SETTLE_MS);
  }
  await world.close();
  return { name: attack.name, what: attack.what, without, during, attempts };
}

async function phase(attack: Attack, world: World, messages: number): Promise<Phase> {
  const since = Date.now();
  const sent: Sent[] = await send(attack, world, messages, MOST_MS);
  // Records are written a moment later.
  await pause(500);
  const sender = attack.client === 'submitter' ? 'user@hosted.example' : 'ann@sender.example';
  return { sent, judged: new Set((await world.judged(sender, since)).map(wayOf)) };
}

/** The first core alone, so that it takes from the gateways no more than a neighbour on the machine would. */
async function startAttacker(
  name: AttackName,
  { mxPort, submissionPort, httpPort }: World,
): Promise<{ stop(): Promise<number> }> {
  const order: Order = { attack: name, host: GATEWAY, mxPort, submissionPort, httpPort };
  const command = [process.execPath, join(import.meta.dirname, 'attacker.ts'), JSON.stringify(order)];
  const [first, ...rest] = pathOf('taskset') === null ? command : ['taskset', '-c', '0', ...command];
  const child: ChildProcess = spawn(first!, rest, { stdio: ['ignore', 'pipe', 'inherit'] });
  const end = atEnd(() => void child.kill('SIGKILL'));
  let said = '';
  child.stdout!.on('data', (piece: Buffer) => (said = (said + piece.toString()).slice(-200)));
  const ended = once(child, 'exit');
  await Promise.race([
    once(child.stdout!, 'data'),
    ended.then(() => Promise.reject(new Error(`the attacker ${name} has ended: ${said}`))),
  ]);
  return {
    async stop() {
      const count = Number(/.*done=(\d+)/s.exec(said)?.[1] ?? 0);
      await end();
      await ended;
      return count;
    },
  };
}
