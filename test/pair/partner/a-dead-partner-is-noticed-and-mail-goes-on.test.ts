import { expect } from 'chai';
import { describe, it } from 'mocha';
import { healthOf, metricOf, untilBothAlive, untilPartner, useSecret } from '../../support/heartbeat.ts';
import { composeMessage } from '../../support/messages.ts';
import { sendOnce } from '../../support/senders.ts';
import { usePair } from '../../support/use-pair.ts';

describe('a dead partner is noticed and mail goes on', () => {
  const pair = usePair({ config: useSecret().config });
  const sendIn = async (): Promise<number> => {
    const message = composeMessage('plain', { from: 'bert@sender.test', to: ['anna@example.com'] });
    return (await sendOnce(pair().mxIn, message)).accepted.size;
  };

  it('each is alive to the other, with its load', async () => {
    const [outbound, inbound] = await untilBothAlive(pair());
    expect(outbound).to.deep.include({ role: 'outbound', node: 'mx-out.example.com', configDifferences: [] });
    expect(inbound).to.deep.include({ role: 'inbound', node: 'mx-in.example.com', fault: null });
    expect(outbound!.load!.value).to.be.within(0, 1);
    expect(outbound!.skewMs).to.be.within(-1_000, 1_000);
    expect(await metricOf(pair(), 'inbound', 'partner_up')).to.equal(1);
    expect(await healthOf(pair(), 'inbound')).to.include({ ready: true });
  });

  it('killed, it is dead after pair.deadAfter, and inbound takes mail as before', async () => {
    const { inbound, outbound } = pair();
    await outbound.kill9();
    expect(await sendIn()).to.equal(1);
    const dead = await inbound.until(({ event }) => event === 'partner.dead');
    expect(dead).to.include({ partner: 'mx-out.example.com', was: 'suspect', level: 'warn' });
    expect(dead['quietForMs']).to.be.at.least(1_500);
    expect(dead['problem']).to.match(/no answer from http:\/\/127\.0\.0\.1:\d+/);
    expect(await sendIn()).to.equal(1);
    expect(await metricOf(pair(), 'inbound', 'partner_up')).to.equal(0);
  });

  it('started again, it is alive, and how long it was gone is told', async () => {
    const { inbound, outbound } = pair();
    await outbound.start();
    const alive = await inbound.until(
      ({ event, lostForMs }) => event === 'partner.alive' && lostForMs !== undefined,
    );
    expect(alive['lostForMs']).to.be.at.least(1_500);
  });

  it('stopped in order, it says so with its last heartbeat', async () => {
    await untilBothAlive(pair());
    await pair().outbound.stop();
    const { draining } = await untilPartner(pair(), 'inbound', ({ state }) => state !== 'alive');
    expect(draining).to.equal(true);
    expect(await sendIn()).to.equal(1);
  });
});
