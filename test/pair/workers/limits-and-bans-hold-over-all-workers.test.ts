import { expect } from 'chai';
import { describe, it } from 'mocha';
import { askApi } from '../../support/api.ts';
import { flood } from '../../support/hacked-account.ts';
import { eventually, untilBothAlive, useSecret } from '../../support/heartbeat.ts';
import { useProxiedPair } from '../../support/proxied-pair.ts';
import type { SmtpClient } from '../../support/smtp-client.ts';

/** So many that each worker is asked. */
const TIMES = 16;
const MOST_SESSIONS = 16;
const MOST_MESSAGES = 20;

interface Submitter {
  readonly name: string;
  readonly counts: { readonly messagesPerHour: number };
  readonly waiting: { readonly entries: number };
}

describe('several workers', () => {
  const pair = useProxiedPair({
    start: ['inbound', 'outbound'],
    config: {
      ...useSecret().config,
      'inbound.workers': 2,
      'outbound.workers': 2,
      'limits.connectionsPerClient': MOST_SESSIONS,
      'rates.messagesPerClient': `${MOST_MESSAGES}/1h`,
      'submitters.messagesPerHour': MOST_MESSAGES,
      'harvest.credit': 6,
      'harvest.tarpit': '0s',
      'harvest.ban': '10m',
    },
  });
  type RoleName = 'inbound' | 'outbound';

  /** What a client hears at all workers, once they agree. */
  const atAllWorkers = (client: string, code: number, role: RoleName = 'inbound') =>
    eventually(
      () => Promise.all(Array.from({ length: TIMES }, () => pair().greetingAt(client, role))),
      (greetings) => greetings.every((greeting) => greeting.code === code),
    );

  it('count the sessions of a client together', async () => {
    const sessions: SmtpClient[] = [];
    for (let n = 0; n < MOST_SESSIONS; n += 1) sessions.push(await pair().clientAt('192.0.2.20'));
    const [greeting] = await atAllWorkers('192.0.2.20', 421);
    expect(greeting?.text).to.match(/^4\.7\.0 Too many connections from your address/);
    for (const session of sessions) await session.quit();
  });

  it('count the messages of a client together', async () => {
    const mail = async (client: SmtpClient): Promise<number> => {
      const { code } = await client.say('MAIL FROM:<a@sender.test>');
      await client.say('RSET');
      return code;
    };
    const one = await pair().clientAt('192.0.2.30');
    const codes: number[] = [];
    for (let n = 0; n < MOST_MESSAGES; n += 1) codes.push(await mail(one));
    expect(codes).to.deep.equal(Array(MOST_MESSAGES).fill(250));
    await one.quit();
    const atAnother = async (): Promise<number> => {
      const client = await pair().clientAt('192.0.2.30');
      const code = await mail(client);
      await client.quit();
      return code;
    };
    await eventually(
      async () => {
        const seen: number[] = [];
        for (let n = 0; n < TIMES; n += 1) seen.push(await atAnother());
        return seen;
      },
      (seen) => seen.every((code) => code === 450),
    );
  });

  it('all know a client that one of them banned, and so does the partner', async () => {
    await untilBothAlive(pair());
    pair().local.manners = { rcpt: () => '550 5.1.1 No such user' };
    const client = await pair().clientAt('192.0.2.40');
    await client.say('MAIL FROM:<a@sender.test>');
    for (let n = 0; n < 6; n += 1) await client.say(`RCPT TO:<guess${n}@example.com>`);
    await client.closed;
    await atAllWorkers('192.0.2.40', 421);
    await atAllWorkers('192.0.2.40', 421, 'outbound');
    await pair().inbound.until(({ event }) => event === 'client.banned');
    expect(pair().inbound.logged('client.banned')).to.have.length(1); // by the one that did it
  });

  it('all know a ban that the operator lifts', async () => {
    await askApi(pair(), 'outbound', 'DELETE', '/bans?network=192.0.2.40');
    await atAllWorkers('192.0.2.40', 220, 'outbound');
    await atAllWorkers('192.0.2.40', 220);
  });

  it('count what a submitter sends together, and hold the rest', async () => {
    const { submission, internet, outbound } = pair();
    const attack = (messages: number): Promise<number> =>
      flood(submission, {
        from: 'anna@example.com',
        messages,
        sessions: 6,
        recipientOf: (number) => `victim-${number}@example.net`,
      });
    expect(await attack(100)).to.equal(100);
    await outbound.until(({ event }) => event === 'submitter.held');
    expect(await attack(50)).to.equal(50);
    const [anna] = await eventually(
      async () =>
        ((await pair().get('outbound', '/api/submitters')) as { submitters: Submitter[] }).submitters,
      ([first]) => first?.counts.messagesPerHour === 150,
    );
    expect(anna).to.include({ name: 'anna@example.com' });
    // A few may slip through while the workers do not know of each other.
    expect(150 - anna!.waiting.entries).to.be.within(MOST_MESSAGES, 3 * MOST_MESSAGES);
    await internet.until((all) => all.length === 150 - anna!.waiting.entries);
  });
});
