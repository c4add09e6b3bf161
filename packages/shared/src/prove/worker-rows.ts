/** Rows in which a gateway has several workers: one is killed, or there are fewer than before. */
import { readFileSync } from 'node:fs';
import type { RoleName } from '../loopback/ledger.ts';
import { points, type FailpointName } from '../system/failpoint.ts';
import type { Ground } from './ground.ts';
import { kill } from './kill-rows.ts';
import type { Row } from './row.ts';

const LETTERS = 48;
const DEFERRED = { say: '451 4.3.2 Not now\r\n' };
const both: readonly RoleName[] = ['inbound', 'outbound'];

/** All are up when it is done: a gateway of which one cannot start does not start. */
async function startWorkers(ground: Ground, role: RoleName, count: number): Promise<void> {
  await ground.start([], { sets: [`${role}.workers=${count}`] });
  await untilUp(ground, count);
}

/** So many workers have started since the gateway did. */
const untilUp = (ground: Ground, count: number): Promise<void> =>
  ground.until(`${count} workers have started`, () => {
    const said = ground.saidSinceStart();
    // Their supervisor says so only when all are there for the first time.
    return said.includes('"gateway.started"') && said.split('"worker.started"').length > count;
  });

/** Three workers leave mail behind; the one that there is now takes it over, and is killed while it does. */
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
      const before = childrenOf(ground);
      const victim = before[chance.upTo(before.length) - 1];
      if (victim === undefined) throw new Error('there are no workers');
      ground.noteStop();
      process.kill(victim, 'SIGKILL');
      await untilUp(ground, 2 + killed);
    }
  },
});

function childrenOf({ world: { gateway } }: Ground): number[] {
  const text = readFileSync(`/proc/${gateway.pid}/task/${gateway.pid}/children`, 'utf8').trim();
  return text === '' ? [] : text.split(' ').map(Number);
}

export const workerRows: readonly Row[] = both.flatMap((role) => [
  killedWhileAdopting(role, 'workers.slot-taken', 2),
  killedWhileAdopting(role, 'workers.entry-moved', 5),
  oneOfThem(role),
]);
