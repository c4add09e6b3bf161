import { expect } from 'chai';
import { describe, it } from 'mocha';
import { askApi } from '../../support/api.ts';
import { eventually, metricOf, untilBothAlive, useSecret } from '../../support/heartbeat.ts';
import { useProxiedPair } from '../../support/proxied-pair.ts';

describe('who guesses mailboxes waits and is banned on both MX', () => {
  const pair = useProxiedPair({
    start: ['inbound', 'outbound'],
    config: {
      ...useSecret().config,
      'harvest.credit': 6,
      'harvest.tarpit': '300ms',
      'harvest.ban': '10m',
      'judge.mode': 'off',
    },
  });
  const guesser = '192.0.2.7';

  const greetingOn = (role: 'inbound' | 'outbound', code: number) =>
    eventually(
      () => pair().greetingAt(guesser, role),
      (greeting) => greeting.code === code,
    );

  it('after so many guesses: later answers take their time, the last is a 421', async () => {
    await untilBothAlive(pair());
    pair().local.manners = {
      rcpt: (to) => (to.startsWith('guess') ? '550 5.1.1 No such user' : undefined),
    };
    const client = await pair().clientAt(guesser);
    await client.say('MAIL FROM:<a@sender.test>');
    const answers: { code: number; tookMs: number }[] = [];
    for (let count = 0; count < 6; count += 1) {
      const from = performance.now();
      const { code } = await client.say(`RCPT TO:<guess${count}@example.com>`);
      answers.push({ code, tookMs: performance.now() - from });
    }
    expect(answers.map(({ code }) => code)).to.deep.equal([550, 550, 550, 550, 550, 421]);
    expect(answers[3]!.tookMs).to.be.above(290);
    expect(await metricOf(pair(), 'inbound', 'clients_limited_total', { what: 'tarpit' })).to.equal(2);
    await client.closed;
    const { reason, network } = await pair().inbound.until(({ event }) => event === 'client.banned');
    expect([reason, network]).to.deep.equal(['asked for more than 6 unknown recipients', '192.0.2.7/32']);
  });

  it('and is told so before anything else, on the other MX too', async () => {
    const { text } = await greetingOn('outbound', 421);
    expect(text).to.match(
      /^4\.7\.0 Your address is refused by this host until \d{4}-.* UTC: it asked for too many/,
    );
    await greetingOn('inbound', 421);
    expect(await pair().greetingAt('192.0.2.8')).to.include({ code: 220 });
  });

  it('also after a restart', async () => {
    const { inbound } = pair();
    await inbound.kill9();
    await inbound.start();
    await greetingOn('inbound', 421);
  });

  it('until the operator lifts the ban, on either gateway', async () => {
    const { body } = await askApi(pair(), 'outbound', 'GET', '/bans');
    expect((body as { bans: object[] }).bans[0]).to.include({
      network: '192.0.2.7/32',
      by: 'harvest',
      times: 1,
    });
    await untilBothAlive(pair());
    const lifted = await askApi(pair(), 'outbound', 'DELETE', `/bans?network=${guesser}`);
    expect((lifted.body as { lifted: object[] }).lifted).to.have.length(1);
    await greetingOn('outbound', 220);
    await greetingOn('inbound', 220);
  });

  it('who may ban whole networks himself, and not half the internet', async () => {
    const half = await askApi(pair(), 'inbound', 'POST', '/bans?network=128.0.0.0/1&forMs=60000');
    expect(half.status).to.equal(400);
    const banned = await askApi(
      pair(),
      'inbound',
      'POST',
      '/bans?network=192.0.2.0/24&forMs=60000&reason=spam',
    );
    expect(banned.body).to.include({ network: '192.0.2.0/24', by: 'operator' });
    await greetingOn('inbound', 421);
    await greetingOn('outbound', 421);
  });
});
