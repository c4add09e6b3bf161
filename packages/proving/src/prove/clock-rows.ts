/** Rows in which the system time jumps while mail waits in the queue. */
import type { Armed } from '@mailpair/shared/platform/process/failpoint';
import type { Ground } from './ground.ts';
import type { Row } from './row.ts';
import { roleNames, type RoleName } from '@mailpair/shared/platform/values/role-name';

const LETTERS = 36;
const DAY_SECONDS = 86_400;
const HOUR_SECONDS = 3600;
const DEFERRED = { say: '451 4.3.2 Not now\r\n' };
/** The maximum CPU time in ms per second while the gateway only waits. */
const MOST_CPU_MS = 500;
/** The time in ms within which delivery must resume after a jump forward, with the retry times of a proof. */
const GOES_ON_MS = 20_000;

const jump = (seconds: number, pass: number): Armed => ({
  point: 'intake.received',
  kind: 'clock',
  argument: String(seconds),
  pass,
});

async function jumpAndWait(ground: Ground, jumps: readonly Armed[]): Promise<void> {
  ground.world.manner = ({ step, from }) => (step === 'RCPT' && from !== '' ? DEFERRED : undefined);
  await ground.start(jumps);
  for (const [index] of jumps.entries()) {
    ground.send(LETTERS);
    await ground.until(
      'the clock has jumped',
      () => ground.saidSinceStart().split('failpoint intake.received clock').length > index + 1,
    );
    await ground.pause(1000);
    await expectNoBusyLoop(ground);
  }
  await ground.untilSent();
  ground.world.manner = undefined;
}

async function expectNoBusyLoop(ground: Ground): Promise<void> {
  const { gateway } = ground.world;
  const before = gateway.cpuMs();
  await ground.pause(1000);
  const used = gateway.cpuMs() - before;
  if (used > MOST_CPU_MS)
    ground.faults.push(`after the jump it used ${used} ms of CPU in a second in which it had to wait`);
}

const rowsOf = (role: RoleName): Row[] => [
  {
    name: `${role}/clock/forward`,
    role,
    title: 'the clock jumps a day ahead: nothing expires before its time',
    reaches: ['intake.received'],
    async run(ground, { chance }) {
      await jumpAndWait(ground, [jump(DAY_SECONDS, chance.upTo(12))]);
      const { gateway } = ground.world;
      await ground.until('the queue is empty', async () => (await gateway.queueLength()) === 0, GOES_ON_MS);
    },
  },
  {
    name: `${role}/clock/back-and-right-again`,
    role,
    title: 'the clock falls back an hour, and is set right again',
    reaches: ['intake.received'],
    run: (ground, { chance }) =>
      jumpAndWait(ground, [jump(-HOUR_SECONDS, chance.upTo(12)), jump(HOUR_SECONDS, 36 + chance.upTo(12))]),
  },
  {
    name: `${role}/clock/back`,
    role,
    title: 'the clock falls back an hour and stays: what waits for its time goes by "queue retry"',
    reaches: ['intake.received'],
    async run(ground, { chance }) {
      await jumpAndWait(ground, [jump(-HOUR_SECONDS, chance.upTo(12))]);
      await ground.settle({ nudged: true });
    },
  },
];

export const clockRows: readonly Row[] = roleNames.flatMap(rowsOf);
