/**
 * Rows in which the disk fails: a system error at each operation of the spool, no free space, or no writable
 * file system.
 */
import type { SmallDisk } from '../loopback/small-disk.ts';
import { points, type Armed, type FailpointName } from '@mailpair/shared/platform/process/failpoint';
import type { Ground } from './ground.ts';
import { COMMITS_AT_START } from './kill-rows.ts';
import type { Row } from './row.ts';
import { roleNames, type RoleName } from '@mailpair/shared/platform/values/role-name';

const LETTERS = 36;
const DISK_BYTES = 64 * 1024 ** 2;
const DEFERRED = { say: '451 4.3.2 Not now\r\n' };
const edges = [
  'spool.body-written',
  'spool.body-placed',
  'spool.committing',
] as const satisfies FailpointName[];

/** The operation fails once. After a failed commit the spool accepts nothing until it is restarted. */
const failsAt = (role: RoleName, point: FailpointName, code: string): Row => ({
  name: `${role}/disk/${code}-at-${point}`,
  role,
  title: `${code} from the disk: ${points[point]}`,
  reaches: [point],
  async run(ground, { chance }) {
    const pass = point === 'spool.committing' ? COMMITS_AT_START + chance.upTo(5) : chance.upTo(2);
    await ground.start([{ point, kind: 'fault', argument: code, pass }]);
    ground.send(LETTERS);
    await ground.until('the disk has failed', () =>
      ground.saidSinceStart().includes(`failpoint ${point} fault`),
    );
    if (point !== 'spool.committing') return;
    ground.noteStop();
    await ground.pause(500);
    await ground.stop();
    await ground.start();
  },
});

/**
 * The queue is delivered two messages at a time, each taking a tenth of a second. After the fault, no result
 * can be recorded.
 */
const failsForGood = (role: RoleName): Row => ({
  name: `${role}/disk/fails-for-good`,
  role,
  title: 'the disk fails for good while a queue is worked off: nothing more is sent',
  reaches: ['spool.committing'],
  async run(ground) {
    await queueUp(ground);
    await ground.stop();
    ground.world.manner = undefined;
    const slow = Array.from({ length: 2 * LETTERS }, (_, index): Armed => ({
      point: 'send.envelope-taken',
      kind: 'delay',
      argument: '100',
      pass: index + 1,
    }));
    const pass = COMMITS_AT_START + 2;
    const fault: Armed = { point: 'spool.committing', kind: 'fault', argument: 'EIO', pass };
    await ground.start([fault, ...slow], { sets: ['send.connectionsPerHop=2'] });
    await ground.until('the disk has failed', () =>
      ground.saidSinceStart().includes('spool.committing fault'),
    );
    ground.noteStop();
    await ground.pause(2000);
    await ground.stop();
    await ground.start();
  },
});

const full = (role: RoleName): Row => ({
  name: `${role}/disk/full`,
  role,
  title: 'the disk is full to the last octet for a while, with mail in the queue',
  needs: { diskBytes: DISK_BYTES },
  async run(ground) {
    await queueUp(ground);
    const disk = diskOf(ground);
    disk.fill();
    ground.send(LETTERS);
    await ground.pause(1000);
    ground.world.manner = undefined;
    await ground.pause(1000);
    disk.empty();
  },
});

const readOnly = (role: RoleName): Row => ({
  name: `${role}/disk/read-only`,
  role,
  title: 'the disk is mounted read-only when the gateway starts, with mail in the queue',
  needs: { diskBytes: DISK_BYTES },
  async run(ground) {
    await queueUp(ground);
    ground.world.manner = undefined;
    await ground.stop();
    const disk = diskOf(ground);
    await disk.setReadOnly(true);
    const refusal = await ground.start().catch((error: unknown) => error as Error);
    if (!refusal) ground.faults.push('it started on a disk that cannot be written');
    else if (!refusal.message.includes(ground.world.gateway.node.spool))
      ground.faults.push(`it did not start, and named no directory: ${refusal.message}`);
    await disk.setReadOnly(false);
    await ground.start();
  },
});

/** Queues acknowledged mail that cannot be delivered. */
async function queueUp(ground: Ground): Promise<void> {
  ground.world.manner = ({ step, from }) => (step === 'RCPT' && from !== '' ? DEFERRED : undefined);
  await ground.start();
  ground.send(LETTERS);
  await ground.untilSent();
}

function diskOf({ world: { disk } }: Ground): SmallDisk {
  if (!disk) throw new Error('the row has no disk of its own');
  return disk;
}

export const diskRows: readonly Row[] = roleNames.flatMap((role) => [
  ...edges.map((point) => failsAt(role, point, 'EIO')),
  failsAt(role, 'spool.committing', 'EROFS'),
  failsForGood(role),
  full(role),
  readOnly(role),
]);
