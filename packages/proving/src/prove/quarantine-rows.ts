/** Rows in which the gateway is killed while a message is placed in quarantine or released from it. */
import { points } from '@mailpair/shared/platform/process/failpoint';
import type { Ground } from './ground.ts';
import { kill } from './kill-rows.ts';
import { DUBIOUS } from './mail.ts';
import type { Row } from './row.ts';

const LETTERS = 24;
const keys = { 'judge.rules': [{ name: 'dubious', when: { sender: DUBIOUS }, verdict: 'quarantine' }] };
const MOST = 1000;

const killedOnTheWayIn: Row = {
  name: 'inbound/kill/quarantine.kept',
  role: 'inbound',
  title: `killed: ${points['quarantine.kept']}`,
  needs: { keys },
  reaches: ['quarantine.kept'],
  async run(ground, { chance, isQuick }) {
    for (let times = isQuick ? 1 : 3; times > 0; times -= 1) {
      await ground.start([kill('quarantine.kept', chance.upTo(LETTERS / 2))]);
      ground.send(LETTERS, DUBIOUS);
      await ground.untilKilledAt('quarantine.kept');
    }
    await ground.start();
    await ground.untilSent();
    await releaseAll(ground);
  },
};

/**
 * The release that was interrupted is repeated, because the operator got no confirmation; that copy is
 * correct.
 */
const killedOnTheWayOut: Row = {
  name: 'inbound/kill/quarantine.requeued',
  role: 'inbound',
  title: `killed: ${points['quarantine.requeued']}`,
  needs: { keys },
  reaches: ['quarantine.requeued'],
  async run(ground, { chance }) {
    await ground.start([kill('quarantine.requeued', chance.upTo(LETTERS / 2))]);
    ground.send(LETTERS, DUBIOUS);
    await ground.untilSent();
    const atHand = await releaseAll(ground).catch((error: unknown) => error as ReleaseEnded);
    await ground.untilKilledAt('quarantine.requeued');
    if (atHand instanceof ReleaseEnded) ground.excused.add(atHand.letter);
    await ground.start();
    await releaseAll(ground);
  },
};

class ReleaseEnded extends Error {
  readonly letter: string;

  constructor(letter: string, cause: unknown) {
    super('the gateway ended in a release', { cause });
    this.letter = letter;
  }
}

/** @throws ReleaseEnded */
async function releaseAll({ world: { gateway } }: Ground): Promise<void> {
  const { quarantine } = gateway.client();
  const { items } = await quarantine.page({ limit: MOST });
  for (const { id, from } of items)
    await quarantine.release({ id }).catch((error: unknown) => {
      throw new ReleaseEnded(letterFrom(from), error);
    });
}

const letterFrom = (reversePath: string): string => `m${Number(/\d+/.exec(reversePath)?.[0]) + 1}`;

export const quarantineRows: readonly Row[] = [killedOnTheWayIn, killedOnTheWayOut];
