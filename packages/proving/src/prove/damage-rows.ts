/**
 * Rows in which a spool file with waiting mail is damaged while the gateway is stopped: by one bit, by a
 * block of 4 KB, or by truncation. Every intact message must arrive, complete and once. Every damaged one
 * must be reported, and listed by the gateway until the operator handles it.
 */
import { readdirSync, readFileSync, rmSync, truncateSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Sent } from '../loopback/ledger.ts';
import type { Chance } from '../loopback/chance.ts';
import type { Ground } from './ground.ts';
import { ELSEWHERE, HOSTED } from './mail.ts';
import type { Row } from './row.ts';
import { roleNames, type RoleName } from '@mailpair/shared/platform/values/role-name';

type Target = 'journal' | 'map' | 'body';
type Kind = 'bit' | 'block' | 'cut';

/** A number that fits into one file of the journal. */
const LETTERS = 20;
const BLOCK = 4096;
const MOST_HELD = 1000;
const REPORT_MS = 5000;
const DEFERRED = { say: '451 4.3.2 Not now\r\n' };
/**
 * The maximum number of messages that one damaged place may destroy. The smallest message has 3000 octets,
 * but the entry of a message in a file takes only 800 octets of a block.
 */
const MOST_LOST: Record<Kind, number> = { bit: 1, block: 6, cut: LETTERS };

const titles: Record<Kind, string> = {
  bit: 'one bit of it is flipped',
  block: 'a block of it is zeroed or garbled',
  cut: 'it is cut off',
};
const names: Record<Target, string> = {
  journal: 'the journal, after a crash',
  map: 'the map',
  body: 'the body of a large message',
};

const damaged = (role: RoleName, target: Target, kind: Kind): Row => ({
  name: `${role}/damage/${target}-${kind}`,
  role,
  title: `${names[target]}: ${titles[kind]}`,
  async run(ground, { chance, isQuick }) {
    const [places, counts] = [isQuick ? 2 : 8, { reported: 0, held: 0 }];
    for (let place = 0; place < places; place += 1) {
      const letters = await fill(ground, target);
      const what = damage(placeIn(ground, target, letters, chance), kind, chance);
      await ground.start();
      counts.held += await settle(ground);
      const missing = letters.filter(({ id }) => !ground.world.taken.some((taken) => taken.id === id));
      await expectReported(ground, kind, missing, what);
      counts.reported += missing.length;
      await ground.stop();
      rmSync(join(ground.world.setting.node.spool, 'damaged'), { recursive: true, force: true });
    }
    ground.note = `${places} places, ${counts.reported} messages damaged and reported, ${counts.held} held`;
    await ground.start();
  },
});

/** Queues acknowledged mail that cannot be delivered, then stops the gateway. */
async function fill(ground: Ground, target: Target): Promise<readonly Sent[]> {
  const { world } = ground;
  const before = world.sender.sent.length;
  // Only for messages from persons: their recipients are accepted when they are tried again.
  world.manner = ({ step, from }) => (step === 'RCPT' && from !== '' ? DEFERRED : undefined);
  await ground.start();
  ground.send(LETTERS, world.setting.node.role === 'inbound' ? ELSEWHERE : HOSTED);
  await ground.untilSent();
  // A gateway that stops normally has moved all entries into the map.
  if (target === 'map') await ground.stop();
  else await ground.kill();
  world.manner = undefined;
  return world.sender.sent.slice(before);
}

interface Place {
  readonly path: string;
  /** The start of the range in which the damage is placed. */
  readonly from: number;
  readonly to: number;
}

function placeIn({ world }: Ground, target: Target, letters: readonly Sent[], chance: Chance): Place {
  const { spool } = world.setting.node;
  if (target === 'body') {
    const bodies = readdirSync(join(spool, 'bodies'));
    const path = join(spool, 'bodies', bodies[chance.upTo(bodies.length) - 1] ?? '');
    return { path, from: 0, to: readFileSync(path).length };
  }
  if (target === 'map') {
    const path = join(spool, 'queue.mdb');
    const octets = readFileSync(path);
    const used = Array.from({ length: octets.length / BLOCK }, (_, block) => block * BLOCK).filter(
      (at) => at >= 2 * BLOCK && octets.subarray(at, at + BLOCK).some((octet) => octet !== 0),
    );
    const from = used[chance.upTo(used.length) - 1]!;
    return { path, from, to: from + BLOCK };
  }
  const places = ['queue.journal-a', 'queue.journal-b'].map((name) => {
    const path = join(spool, name);
    const octets = readFileSync(path);
    const marks = letters.map(({ id }) => `"reversePath":"sender${Number(id.slice(1)) - 1}@`);
    const found = marks.map((mark) => octets.indexOf(mark)).filter((at) => at >= 0);
    return { path, from: Math.min(...found), to: Math.max(...marks.map((mark) => octets.lastIndexOf(mark))) };
  });
  return places.find(({ to }) => to >= 0)!;
}

/** @returns a description of the damage */
function damage({ path, from, to }: Place, kind: Kind, chance: Chance): string {
  const at = from + chance.upTo(to - from) - 1;
  if (kind === 'cut') {
    truncateSync(path, at);
    return `${path} is cut off at ${at}`;
  }
  const octets = readFileSync(path);
  if (kind === 'bit') octets[at]! ^= 1 << (chance.upTo(8) - 1);
  else {
    const block = at - (at % BLOCK);
    octets.fill(chance.upTo(2) === 1 ? 0 : 'noise', block, Math.min(block + BLOCK, octets.length));
  }
  writeFileSync(path, octets);
  return `${path}: a ${kind} at ${at}`;
}

/**
 * Waits until all mail except held messages is delivered. Then, as an operator would, it removes the held
 * messages that arrived and releases the others.
 *
 * @returns the number of held messages
 */
async function settle(ground: Ground): Promise<number> {
  const { world } = ground;
  const { queue } = ground.world.gateway.client();
  const held = async (): Promise<readonly string[]> =>
    (await queue.page({ limit: MOST_HELD })).items
      .filter(({ state }) => state === 'held')
      .map(({ id }) => id);
  await ground.until('all is away but what is held', async () => {
    const ids = await held();
    return world.sender.open === 0 && (await world.gateway.queueLength()) === ids.length;
  });
  const ids = await held();
  for (const id of ids) {
    const entry = await queue.show({ id });
    const letter = `m${Number(/\d+/.exec(entry?.reversePath ?? '')?.[0]) + 1}`;
    if (world.taken.some((taken) => taken.id === letter)) await queue.remove({ id });
    else await queue.release({ id });
  }
  await ground.settle();
  return ids.length;
}

/** Each message must be reported by its address or its id; a destroyed block may leave neither. */
async function expectReported(
  ground: Ground,
  kind: Kind,
  missing: readonly Sent[],
  what: string,
): Promise<void> {
  if (missing.length === 0) return;
  const { status } = ground.world.gateway.client();
  // An entry that is set aside leaves the queue before the log event is written.
  const isReported = await ground
    .until(
      'damage is reported',
      async () => said(ground).includes('"spool.damaged"') && (await status.show()).queue.damaged > 0,
      REPORT_MS,
    )
    .then(
      () => true,
      () => false,
    );
  if (!isReported) ground.faults.push(`${missing.length} messages are missing in silence: ${what}`);
  else if (missing.length > MOST_LOST[kind])
    ground.faults.push(
      `${missing.length} messages are missing, ${MOST_LOST[kind]} at most are damaged: ${what}`,
    );
  else {
    const reports = said(ground);
    for (const { id, reply = '' } of missing) {
      const [entry] = /\b[0-9A-Z]{17}\b/.exec(reply) ?? [];
      const isNamed =
        reports.includes(`sender${Number(id.slice(1)) - 1}@`) ||
        (entry !== undefined && reports.includes(entry));
      if (isNamed || kind !== 'bit') ground.reported.add(id);
      else ground.faults.push(`message ${id} is missing, and no report names it: ${what}`);
    }
  }
}

const said = (ground: Ground): string => `${ground.saidSinceStart()}\n${reportsIn(ground)}`;

function reportsIn({ world }: Ground): string {
  const directory = join(world.setting.node.spool, 'damaged');
  try {
    return readdirSync(directory)
      .filter((name) => name.endsWith('.json'))
      .map((name) => readFileSync(join(directory, name), 'utf8'))
      .join('\n');
  } catch {
    return '';
  }
}

export const damageRows: readonly Row[] = roleNames.flatMap((role) =>
  (['journal', 'map', 'body'] as const).flatMap((target) =>
    (['bit', 'block', 'cut'] as const).map((kind) => damaged(role, target, kind)),
  ),
);
