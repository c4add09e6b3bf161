import { expect } from 'chai';
import { describe, it } from 'mocha';
import { mailpair } from '../../mailpair/command.ts';
import { startDns } from '../../support/dns-server.ts';
import { eventually, metricOf } from '../../support/heartbeat.ts';
import { useProxiedPair } from '../../support/proxied-pair.ts';

/** What an operator must see within this time. */
const VISIBLE_MS = 10_000;

describe('status names DNS that does not answer', () => {
  const pair = useProxiedPair({ config: { 'dns.timeout': '500ms' } });

  const until = (wanted: RegExp): ReturnType<typeof mailpair> =>
    eventually(
      () => mailpair(['status', '--role', 'inbound', '--config', pair().configFile]),
      ({ out }) => wanted.test(out),
      VISIBLE_MS,
    );

  async function ask(address: string): Promise<void> {
    const client = await pair().clientAt(address);
    await client.say('MAIL FROM:<a@sender.test>');
    await client.say('RCPT TO:<anna@example.com>');
    await client.quit();
  }

  it('in its first line, in a metric and as an error, until a server answers', async () => {
    const { dns, inbound } = pair();
    await ask('192.0.2.7');
    expect((await until(/^inbound/m)).out).to.not.match(/DNS: /);
    await dns.close();
    await ask('192.0.2.8');
    const { code, out } = await until(
      /^\d faults?: .*DNS: no server answers for \d+s \(127\.0\.0\.1:\d+: [a-z ]+\)/,
    );
    expect(code).to.equal(1);
    expect(out).to.match(/\n {2}DNS: no server answers for /);
    expect(await inbound.until(({ event }) => event === 'dns.silent')).to.include({ level: 'error' });
    expect(await metricOf(pair(), 'inbound', 'dns_failed_timestamp_seconds')).to.be.greaterThan(
      await metricOf(pair(), 'inbound', 'dns_answered_timestamp_seconds'),
    );
    const again = await startDns({}, { port: Number(dns.address.split(':')[1]) });
    try {
      await inbound.until(({ event }) => event === 'dns.answers');
      expect((await until(/^inbound/m)).out).to.not.match(/DNS: /);
    } finally {
      await again.close();
    }
  });
});
