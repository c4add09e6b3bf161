import { expect } from 'chai';
import { before, describe, it } from 'mocha';
import { mailpair } from '../../mailpair/command.ts';
import { flood } from '../../support/hacked-account.ts';
import { untilBothAlive, useSecret } from '../../support/heartbeat.ts';
import { freePorts } from '../../support/ports.ts';
import { queueLength } from '../../support/queue.ts';
import type { Target } from '../../support/smtp-client.ts';
import { usePair } from '../../support/use-pair.ts';

const HACKED = 'anna@example.com';
const LIMIT = 5;

describe('a hacked account is held by both gateways', () => {
  const pair = usePair({ start: [], config: { ...useSecret().config, 'submitters.messagesPerHour': LIMIT } });
  let atInbound: Target;

  before(async () => {
    const { configure, inbound, outbound } = pair();
    const [port] = await freePorts(1);
    atInbound = { host: '127.0.0.1', port: port! };
    configure({ 'inbound.submission': [`127.0.0.1:${port}`] });
    await Promise.all([inbound.start(), outbound.start()]);
    await untilBothAlive(pair());
  });

  const attack = (target: Target, messages: number): Promise<number> =>
    flood(target, { from: HACKED, messages, sessions: 1, recipientOf: (n) => `victim-${n}@example.net` });

  it('when one has found it out, the other holds it from the first message', async () => {
    const { inbound, submission } = pair();
    await attack(submission, LIMIT + 1);
    await inbound.until(() => inbound.logged('submitter.held').length === 1);
    expect(inbound.logged('submitter.held')[0]).to.include({ submitter: HACKED, by: 'partner' });
    await attack(atInbound, 3);
    expect(await queueLength(pair(), 'inbound')).to.equal(3);
  });

  it('and one command on the host of both releases it at both', async () => {
    const { out } = await mailpair(['submitter', 'release', HACKED, '--config', pair().configFile]);
    expect(out).to.include('4 messages let go');
    await pair().internet.until((all) => all.length === LIMIT + 4);
    await attack(atInbound, 1);
    await pair().internet.until((all) => all.length === LIMIT + 5);
  });
});
