import { expect } from 'chai';
import { after, before, describe, it } from 'mocha';
import { Crowd, fortySessions, untilAllHear, untilDoor } from '../../support/crowd.ts';
import { untilBothAlive, useSecret } from '../../support/heartbeat.ts';
import { composeMessage } from '../../support/messages.ts';
import { sendOnce } from '../../support/senders.ts';
import type { Target } from '../../support/smtp-client.ts';
import { usePair } from '../../support/use-pair.ts';

const fromOutside = () => composeMessage('plain', { from: 'bert@sender.test', to: ['anna@example.com'] });
const fromInside = () => composeMessage('plain', { from: 'anna@example.com', to: ['bert@elsewhere.test'] });

describe('too much for outbound', () => {
  const pair = usePair({
    config: { ...useSecret().config, ...fortySessions },
  });
  let crowd: Crowd;

  before(async () => {
    await untilBothAlive(pair());
    crowd = await Crowd.meet(pair().mxOut, fromOutside());
  });
  after(() => crowd.close());

  const submit = async (): Promise<number> => (await sendOnce(pair().submission, fromInside())).accepted.size;
  const stranger = (): Target => ({ ...pair().mxOut, localAddress: '127.0.0.9' });

  it('sends strangers at its MX listener to inbound, and takes the mail of submitters', async () => {
    await crowd.grow(37);
    await untilAllHear(stranger, /^421 4\.3\.2 .*other MX host/);
    expect(await submit()).to.equal(1);
  });

  it('closes its MX listener past the limit, and not the one for submission', async () => {
    await crowd.shrink(36); // the submitter's own session was the 38th
    await untilDoor(pair(), 'outbound', 'shedding');
    await crowd.grow(38);
    await untilDoor(pair(), 'outbound', 'shut');
    await untilAllHear(stranger, /ECONNREFUSED/);
    expect(await submit()).to.equal(1);
  });

  it('keeps the last sessions for submitters while inbound is dead', async () => {
    await pair().inbound.kill9();
    await untilDoor(pair(), 'outbound', 'open');
    await untilAllHear(stranger, /^421 4\.3\.2 Too many connections/);
    expect(await submit()).to.equal(1);
  });
});
