/**
 * Rows in which the gateway is killed: at each failpoint of the path of a message, and at random times under
 * load.
 */
import { IN_FLIGHT_MS } from '../loopback/ledger.ts';
import { points, type Armed, type FailpointName } from '@mailpair/shared/platform/process/failpoint';
import type { Play, Row } from './row.ts';
import { roleNames, type RoleName } from '@mailpair/shared/platform/values/role-name';

const LETTERS = 36;
/** The commits of the queue and of the quarantine when they are opened. */
export const COMMITS_AT_START = 2;

/** The roles that pass a failpoint with the mail of `mail.ts`, and the minimum number of passes. */
const passed: Partial<Record<FailpointName, { readonly by: readonly RoleName[]; readonly passes: number }>> =
  {
    'intake.received': { by: roleNames, passes: 12 },
    'intake.decided': { by: roleNames, passes: 12 },
    'submission.stored': { by: ['outbound'], passes: 12 },
    'relay.waiting-stored': { by: ['inbound'], passes: 4 },
    'relay.answered': { by: ['inbound'], passes: 12 },
    'relay.stored': { by: ['inbound'], passes: 4 },
    'spool.body-written': { by: roleNames, passes: 2 },
    'spool.body-placed': { by: roleNames, passes: 2 },
    'spool.committing': { by: roleNames, passes: 5 },
    'spool.committed': { by: roleNames, passes: 5 },
    'spool.entry-removed': { by: roleNames, passes: 2 },
    'send.envelope-taken': { by: roleNames, passes: 8 },
    'send.message-sent': { by: roleNames, passes: 8 },
    'dispatch.attempted': { by: roleNames, passes: 5 },
    'settle.notice-stored': { by: roleNames, passes: 2 },
    'settle.stored': { by: roleNames, passes: 5 },
  };

export const kill = (point: FailpointName, pass = 1): Armed => ({ point, kind: 'kill', argument: '', pass });

const timesOf = ({ isQuick }: Play, many: number): number => (isQuick ? 1 : many);

const killedAt = (role: RoleName, point: FailpointName, passes: number): Row => ({
  name: `${role}/kill/${point}`,
  role,
  title: `killed: ${points[point]}`,
  reaches: [point],
  async run(ground, play) {
    for (let times = timesOf(play, 3); times > 0; times -= 1) {
      const before = point.startsWith('spool.commit') ? COMMITS_AT_START : 0;
      await ground.start([kill(point, before + play.chance.upTo(passes))]);
      ground.send(LETTERS);
      await ground.untilKilledAt(point);
    }
    await ground.start();
  },
});

/** The gateway is killed with mail in its queue, and killed again while it recovers. */
const killedWhileRecovering = (role: RoleName, point: 'spool.moved' | 'spool.recovering'): Row => ({
  name: `${role}/kill/${point}`,
  role,
  title: `killed: ${points[point]}`,
  reaches: [point],
  async run(ground, play) {
    for (let times = timesOf(play, 3); times > 0; times -= 1) {
      await ground.start([kill('spool.committed', COMMITS_AT_START + 3 + play.chance.upTo(3))]);
      ground.send(LETTERS);
      await ground.untilKilledAt('spool.committed');
      await ground.start([kill(point)]);
      await ground.untilKilledAt(point);
    }
    await ground.start();
  },
});

const killedAtRandom = (role: RoleName): Row => ({
  name: `${role}/kill/any-moment`,
  role,
  title: 'killed at random moments under load',
  async run(ground, play) {
    for (let times = timesOf(play, 2) * 3; times > 0; times -= 1) {
      await ground.start();
      ground.send(3 * LETTERS);
      await ground.pause(20 + 300 * play.chance.next());
      await ground.kill();
    }
    await ground.start();
  },
});

/** All messages were settled before the kill, so no copy is explained. */
const killedAtRest = (role: RoleName): Row => ({
  name: `${role}/kill/at-rest`,
  role,
  title: 'killed when all is settled, and nothing may come twice',
  async run(ground) {
    await ground.start();
    ground.send(LETTERS);
    await ground.settle();
    await ground.pause(2 * IN_FLIGHT_MS);
    await ground.kill();
    await ground.start();
    ground.send(LETTERS);
  },
});

export const killRows: readonly Row[] = roleNames.flatMap((role) => [
  ...(Object.entries(passed) as [FailpointName, { by: readonly RoleName[]; passes: number }][])
    .filter(([, { by }]) => by.includes(role))
    .map(([point, { passes }]) => killedAt(role, point, passes)),
  killedWhileRecovering(role, 'spool.moved'),
  killedWhileRecovering(role, 'spool.recovering'),
  killedAtRandom(role),
  killedAtRest(role),
]);
