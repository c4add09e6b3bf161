/**
 * Rows in which a gateway has several workers: one is killed or hangs, or the number of workers is reduced.
 */
import { points, type Armed, type FailpointName } from '@mailpair/shared/platform/process/failpoint';
import type { Ground } from './ground.ts';
import { kill } from './kill-rows.ts';
import type { Row } from './row.ts';
import { roleNames, type RoleName } from '@mailpair/shared/platform/values/role-name';

const LETTERS = 48;
const DEFERRED = { say: '451 4.3.2 Not now\r\n' };

/** When this resolves, all workers are running; a gateway does not start if one of them cannot. */
async function startWorkers(
  ground: Ground,
  role: RoleName,
  count: number,
  armed: readonly Armed[] = [],
): Promise<void> {
  await ground.start(armed, { sets: [`${role}.workers=${count}`, 'workers.hangAfter=3s'] });
  await untilUp(ground, count);
}

/** Waits until this number of workers has started since the start of the gateway. */
const untilUp = (ground: Ground, count: number): Promise<void> =>
  ground.until(`${count} workers have started`, () => {
    const said = ground.saidSinceStart();
    // The supervisor logs this event only when all workers have started for the first time.
    return said.includes('"gateway.started"') && said.split('"worker.started"').length > count;
  });

/**
 * Three workers leave mail behind. The only worker of the next start takes it over and is killed while it
 * does.
 */
const killedWhileAdopting = (role: RoleName, point: FailpointName, passes: number): Row => ({
  name: `${role}/kill/${point}`,
  role,
  title: `killed: ${points[point]}`,
  reaches: [point],
  async run(ground, { chance }) {
    ground.world.manner = ({ step, from }) => (step === 'RCPT' && from !== '' ? DEFERRED : undefined);
    await startWorkers(ground, role, 3);
    ground.send(2 * LETTERS);
    await ground.untilSent();
    await ground.stop();
    ground.world.manner = undefined;
    await ground.start([kill(point, chance.upTo(passes))]);
    await ground.untilKilledAt(point);
    await ground.start();
  },
});

const oneOfThem = (role: RoleName): Row => ({
  name: `${role}/kill/one-worker`,
  role,
  title: 'one of two workers is killed under load, and started again by their supervisor',
  async run(ground, { chance, isQuick }) {
    await startWorkers(ground, role, 2);
    for (let killed = 1; killed <= (isQuick ? 2 : 6); killed += 1) {
      ground.send(LETTERS);
      await ground.pause(50 + 200 * chance.next());
      const before = ground.world.gateway.workers();
      const victim = before[chance.upTo(before.length) - 1];
      if (victim === undefined) throw new Error('there are no workers');
      ground.noteStop();
      process.kill(victim, 'SIGKILL');
      await untilUp(ground, 2 + killed);
    }
  },
});

/** The successors of the worker hang too, after the same number of messages. */
const oneHangs = (role: RoleName): Row => ({
  name: `${role}/hang/one-worker`,
  role,
  title: 'one of two workers computes without end, and its supervisor ends it',
  reaches: ['intake.received'],
  async run(ground, { chance }) {
    const pass = 30 + chance.upTo(20);
    await startWorkers(ground, role, 2, [{ point: 'intake.received', kind: 'spin', argument: '', pass }]);
    ground.send(3 * LETTERS);
    let hung = 0;
    await ground.until('what hangs is ended, and all mail has left the sender', () => {
      const said = ground.saidSinceStart();
      const hangs = said.split('failpoint intake.received spin').length - 1;
      if (hangs > hung) ground.noteStop(); // results of messages in flight can no longer be recorded
      hung = hangs;
      return said.includes('"worker.hangs"') && ground.world.sender.open === 0;
    });
    ground.noteStop();
    await ground.stop(); // a worker that hangs now is killed while the others drain
    await startWorkers(ground, role, 2);
  },
});

export const workerRows: readonly Row[] = roleNames.flatMap((role) => [
  killedWhileAdopting(role, 'workers.slot-taken', 2),
  killedWhileAdopting(role, 'workers.entry-moved', 5),
  oneOfThem(role),
  oneHangs(role),
]);
