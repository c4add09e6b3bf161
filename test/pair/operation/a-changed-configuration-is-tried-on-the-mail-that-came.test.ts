import { expect } from 'chai';
import { before, describe, it } from 'mocha';
import { mailpair, type Said } from '../../mailpair/command.ts';
import { addressList } from '../../support/list-zone.ts';
import { useProxiedPair } from '../../support/proxied-pair.ts';

describe('a changed configuration is tried on the mail that came', () => {
  const pair = useProxiedPair({
    config: {
      'lists.deny': [
        { zone: 'bl.test', score: 5 },
        { zone: 'no.test', verdict: 'reject' },
      ],
      'clients.noName': 0,
      'clients.unknownName': 0,
    },
    zone: {
      ...addressList('bl.test', { '192.0.2.7': ['127.0.0.2'] }),
      ...addressList('no.test', { '192.0.2.9': ['127.0.0.2'] }),
    },
  });

  async function send(address: string, subject: string): Promise<void> {
    const client = await pair().clientAt(address);
    await client.say('MAIL FROM:<a@sender.test>');
    if ((await client.say('RCPT TO:<anna@example.com>')).code === 250)
      await client.data(Buffer.from(`From: <a@sender.test>\r\nSubject: ${subject}\r\n\r\nx\r\n`));
    client.destroy();
  }

  before(async () => {
    await send('192.0.2.7', 'Listed');
    await send('192.0.2.8', 'Lottery');
    await send('192.0.2.9', 'Refused');
    await pair().inbound.stop(); // what is recorded is written
  });

  const replay = (...argv: readonly string[]): Promise<Said> =>
    mailpair(['replay', '--config', pair().configFile, '--role', 'inbound', ...argv]);

  it('which would change nothing where it is the same', async () => {
    const { code, out } = await replay();
    expect(code).to.equal(0);
    expect(out).to.equal('mx-in.example.com: judged again for 3 recipients; nothing would change.\n');
  });

  it('by thresholds and rules', async () => {
    pair().configure({
      'judge.rules': [{ name: 'lottery', when: { subject: '*lottery*' }, verdict: 'reject' }],
      'judge.quarantineAt': 5,
    });
    const { code, out } = await replay('--json');
    expect(code).to.equal(1);
    const changes = out
      .trim()
      .split('\n')
      .map(
        (line) =>
          JSON.parse(line) as {
            subject: string;
            before: { verdict: string };
            after: { verdict: string; reason: string };
          },
      )
      .map(
        ({ subject, before, after }) =>
          `${subject}: ${before.verdict} → ${after.verdict} by ${after.reason.split(':')[0]}`,
      )
      .sort();
    expect(changes[0]).to.match(/^Listed: tag → quarantine by score/);
    expect(changes[1]).to.equal('Lottery: accept → reject by rule.lottery');
    expect(changes).to.have.length(2);
    expect((await replay()).out).to.match(
      /^mx-in\.example\.com: judged again for 3 recipients; .*tag → quarantine 1/,
    );
  });

  it('also for those that were refused at RCPT', async () => {
    pair().configure({
      'lists.deny': [{ zone: 'bl.test', score: 5 }],
      'judge.rules': [],
      'judge.quarantineAt': 7,
    });
    const { out } = await replay();
    expect(out).to.match(/reject → accept 1\.\n/);
    expect(out).to.match(/^at RCPT +reject \S+ +accept \S+ +a@sender\.test +anna@example\.com/m);
  });

  it('as far back as is asked for', async () => {
    expect((await replay('--since', '1ms')).out).to.include('judged again for 0 recipients');
  });
});
