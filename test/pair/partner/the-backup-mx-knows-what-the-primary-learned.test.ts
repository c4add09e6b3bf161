import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { isDeepStrictEqual } from 'node:util';
import { expect } from 'chai';
import { describe, it } from 'mocha';
import { eventually, metricOf, untilBothAlive, untilPartner, useSecret } from '../../support/heartbeat.ts';
import { composeMessage } from '../../support/messages.ts';
import { askAll } from '../../support/pair.ts';
import { repliesToRcpt } from '../../support/rcpt.ts';
import { sendOnce } from '../../support/senders.ts';
import type { Target } from '../../support/smtp-client.ts';
import { usePair } from '../../support/use-pair.ts';

describe('the backup MX knows what the primary learned', () => {
  const pair = usePair({ config: useSecret().config });

  const answersOf = async (mx: Target, ...recipients: string[]): Promise<number[]> =>
    (await repliesToRcpt(mx, ...recipients)).map(({ code }) => code);
  const toAnna = () => composeMessage('plain', { from: 'bert@sender.test', to: ['anna@example.com'] });
  const known = ['anna@example.com', 'carl@example.com', 'nobody@example.com'];
  /** To be asked only while the local server is down: outbound would ask it otherwise, and learn by itself. */
  const untilOutboundKnows = () =>
    eventually(
      () => askAll(() => answersOf(pair().mxOut, ...known)),
      (answers) => answers.every((codes) => isDeepStrictEqual(codes, [250, 250, 550])),
    );

  it('by the heartbeat: who exists and who does not', async () => {
    await untilBothAlive(pair());
    const { local, mxIn } = pair();
    local.manners = {
      rcpt: (to) => (to === 'nobody@example.com' ? '550 5.1.1 No such user' : undefined),
    };
    expect(await answersOf(mxIn, 'carl@example.com', 'nobody@example.com')).to.deep.equal([250, 550]);
    expect((await sendOnce(mxIn, toAnna())).accepted.size).to.equal(1);
  });

  it('and answers RCPT by it while the local server is down', async () => {
    await pair().local.stop();
    await untilOutboundKnows();
    expect(await answersOf(pair().mxOut, 'unheard-of@example.com')).to.deep.equal([450]);
    const received = { direction: 'received', topic: 'recipients' };
    expect(await metricOf(pair(), 'outbound', 'knowledge_total', received)).to.be.at.least(3);
  });

  it('and takes mail, which arrives once the local server is back', async () => {
    const { local, mxOut } = pair();
    const message = toAnna();
    expect((await sendOnce(mxOut, message)).accepted.get('anna@example.com')).to.equal(mxOut.name);
    await local.start();
    await local.until((all) => all.some(({ id }) => id === message.id));
  });

  it('and is told all of it again when it comes back with nothing', async () => {
    const { outbound, local, directory } = pair();
    await local.stop();
    await outbound.kill9();
    rmSync(join(directory, 'outbound', 'recipients'), { recursive: true });
    await outbound.start();
    await untilPartner(pair(), 'outbound', ({ state }) => state === 'alive');
    await untilOutboundKnows();
  });
});
