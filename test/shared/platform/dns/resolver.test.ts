import { after, afterEach, before, beforeEach, describe, it } from 'mocha';
import { expect } from 'chai';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DnsError, createResolver } from '@mailpair/shared/platform/dns/resolver';
import type { DnsErrorKind, Resolver, ResolverOptions } from '@mailpair/shared/platform/dns/resolver';
import { startDns } from '../../../support/dns-server.ts';
import type { TestDns } from '../../../support/dns-server.ts';

const LONG_KEY = `v=DKIM1; p=${'A'.repeat(700)}`;

async function faultOf(answer: Promise<unknown>): Promise<DnsError> {
  const error: unknown = await answer.then(
    (value) => expect.fail(`answered ${JSON.stringify(value)}`),
    (reason: unknown) => reason,
  );
  expect(error).to.be.instanceOf(DnsError);
  return error as DnsError;
}

async function kindOf(answer: Promise<unknown>): Promise<DnsErrorKind> {
  return (await faultOf(answer)).kind;
}

describe('The resolver', () => {
  let dns: TestDns;
  let now: number;
  let resolver: Resolver & { close(): void };

  const open = (options: Partial<ResolverOptions> = {}): Resolver & { close(): void } =>
    createResolver({ servers: [dns.address], timeoutMs: 5_000, clock: { now: () => now }, ...options });

  beforeEach(async () => {
    now = 1_000_000;
    dns = await startDns({
      'example.com': {
        MX: [
          [10, 'mx1.example.com'],
          [20, 'mx2.example.com'],
        ],
        TXT: ['v=spf1 -all'],
      },
      'mx1.example.com': { A: ['192.0.2.1', '192.0.2.2'], AAAA: ['2001:db8::1'] },
      'v4.example.com': { A: ['192.0.2.4'] },
      'alias.example.com': { CNAME: ['mx1.example.com'] },
      'dangling.example.com': { CNAME: ['gone.example.com'] },
      'null.example.com': { MX: [[0, '.']] },
      'key._domainkey.example.com': { TXT: [LONG_KEY] },
      'half.example.com': { A: 'SERVFAIL', AAAA: ['2001:db8::2'] },
      'doubt.example.com': { A: 'SERVFAIL' },
      'servfail.example.com': 'SERVFAIL',
      'refused.example.com': 'REFUSED',
      'silent.example.com': 'TIMEOUT',
      'garbage.example.com': 'GARBAGE',
      '1.2.0.192.in-addr.arpa': { PTR: ['mx1.example.com'] },
      '1.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.8.b.d.0.1.0.0.2.ip6.arpa': {
        PTR: ['six.example.com'],
      },
    });
    resolver = open();
  });

  afterEach(async () => {
    resolver.close();
    await dns.close();
  });

  it('gives MX records with their preferences', async () => {
    expect(await resolver.resolveMx('example.com')).to.have.deep.members([
      { exchange: 'mx1.example.com', preference: 10 },
      { exchange: 'mx2.example.com', preference: 20 },
    ]);
  });

  it('gives a null MX as the empty exchange', async () => {
    expect(await resolver.resolveMx('null.example.com')).to.deep.equal([{ exchange: '', preference: 0 }]);
  });

  it('gives the addresses of both families, in the order of the families asked for', async () => {
    expect(await resolver.resolveAddresses('mx1.example.com')).to.deep.equal([
      '192.0.2.1',
      '192.0.2.2',
      '2001:db8::1',
    ]);
    expect(await resolver.resolveAddresses('mx1.example.com', [6, 4])).to.deep.equal([
      '2001:db8::1',
      '192.0.2.1',
      '192.0.2.2',
    ]);
    expect(await resolver.resolveAddresses('mx1.example.com', [6])).to.deep.equal(['2001:db8::1']);
  });

  it('gives the addresses of the one family that has any', async () => {
    expect(await resolver.resolveAddresses('v4.example.com')).to.deep.equal(['192.0.2.4']);
    expect(await kindOf(resolver.resolveAddresses('v4.example.com', [6]))).to.equal('no-data');
  });

  it('follows CNAMEs', async () => {
    expect(await resolver.resolveAddresses('alias.example.com', [6])).to.deep.equal(['2001:db8::1']);
    expect(await kindOf(resolver.resolveAddresses('dangling.example.com'))).to.equal('no-such-domain');
  });

  it('gives the names of IPv4 and IPv6 addresses from DNS', async () => {
    expect(await resolver.resolvePtr('192.0.2.1')).to.deep.equal(['mx1.example.com']);
    expect(await resolver.resolvePtr('2001:db8::1')).to.deep.equal(['six.example.com']);
    expect(await kindOf(resolver.resolvePtr('192.0.2.9'))).to.equal('no-such-domain');
  });

  it('joins the strings of a text, and asks over TCP when an answer is truncated', async () => {
    expect(await resolver.resolveTxt('example.com')).to.deep.equal(['v=spf1 -all']);
    expect(await resolver.resolveTxt('key._domainkey.example.com')).to.deep.equal([LONG_KEY]);
    expect(dns.queries.filter(({ over }) => over === 'tcp')).to.deep.equal([
      { name: 'key._domainkey.example.com', type: 'TXT', over: 'tcp' },
    ]);
  });

  it('asks for the A-label form of an internationalised name, in lower case', async () => {
    dns.set('xn--bcher-kva.example', { MX: [[10, 'mx1.example.com']] });
    expect(await resolver.resolveMx('Bücher.example.')).to.have.length(1);
  });

  it('tells a name that does not exist from one without such records', async () => {
    expect(await kindOf(resolver.resolveMx('nowhere.example.com'))).to.equal('no-such-domain');
    expect(await kindOf(resolver.resolveMx('mx1.example.com'))).to.equal('no-data');
    expect(await kindOf(resolver.resolveAddresses('example.com'))).to.equal('no-data');
    expect(await kindOf(resolver.resolveMx('_domainkey.example.com')), 'a name above others').to.equal(
      'no-data',
    );
  });

  it('takes everything else for temporary, and names the question, the code and the server', async () => {
    for (const [name, code] of [
      ['servfail.example.com', 'ESERVFAIL'],
      ['refused.example.com', 'EREFUSED'],
      ['garbage.example.com', 'EBADRESP'],
    ] as const) {
      const { kind, message } = await faultOf(resolver.resolveMx(name));
      expect(kind, name).to.equal('temporary');
      expect(message).to.contain(`MX of ${name}`).and.to.contain(`${code} from ${dns.address}`);
    }
  });

  it('takes silence for temporary', async () => {
    const impatient = open({ timeoutMs: 50 });
    const { kind, message } = await faultOf(impatient.resolveMx('silent.example.com'));
    impatient.close();
    expect(kind).to.equal('temporary');
    expect(message).to.contain(`ETIMEOUT from ${dns.address}`);
  });

  it('takes a server that is not there for temporary', async () => {
    await dns.close();
    const alone = open({ timeoutMs: 50 });
    expect(await kindOf(alone.resolveMx('example.com'))).to.equal('temporary');
    alone.close();
  });

  it('is content with the family that was answered, and in doubt when the other had nothing', async () => {
    expect(await resolver.resolveAddresses('half.example.com')).to.deep.equal(['2001:db8::2']);
    expect(await kindOf(resolver.resolveAddresses('doubt.example.com'))).to.equal('temporary');
  });

  it('asks nobody about a name that cannot exist', async () => {
    for (const name of [
      '',
      'a..example.com',
      `${'a'.repeat(64)}.example.com`,
      'with space.example.com',
      'a.'.repeat(127) + 'a',
    ]) {
      expect(await kindOf(resolver.resolveMx(name)), name).to.equal('no-such-domain');
    }
    expect(dns.queries).to.deep.equal([]);
  });

  describe('with several servers', () => {
    let second: TestDns;
    let both: Resolver & { close(): void };

    beforeEach(async () => {
      second = await startDns({ 'servfail.example.com': { TXT: ['from the second'] } });
      both = open({ servers: [dns.address, second.address], timeoutMs: 5_000 });
    });

    afterEach(async () => {
      both.close();
      await second.close();
    });

    it('asks the next after a fault, and the one that answered first from then on', async () => {
      expect(await both.resolveTxt('servfail.example.com')).to.deep.equal(['from the second']);
      await faultOf(both.resolveTxt('other.example.com'));
      expect(dns.count('other.example.com')).to.equal(0);
      expect(second.count('other.example.com')).to.equal(1);
    });

    it('does not ask the next after an answer, a negative one too', async () => {
      expect(await kindOf(both.resolveMx('nowhere.example.com'))).to.equal('no-such-domain');
      expect(await kindOf(both.resolveMx('v4.example.com'))).to.equal('no-data');
      expect(second.queries).to.deep.equal([]);
    });

    it('names what each server said when none had an answer', async () => {
      second.set('refused.example.com', 'SERVFAIL');
      const { kind, message } = await faultOf(both.resolveMx('refused.example.com'));
      expect(kind).to.equal('temporary');
      expect(message).to.contain(`EREFUSED from ${dns.address}, ESERVFAIL from ${second.address}`);
    });
  });

  describe('remembers', () => {
    it('an answer for a minute', async () => {
      await resolver.resolveMx('example.com');
      now += 59_999;
      await resolver.resolveMx('example.com');
      expect(dns.count('example.com', 'MX')).to.equal(1);
      now += 1;
      dns.set('example.com', { MX: [[5, 'new.example.com']] });
      expect(await resolver.resolveMx('example.com')).to.deep.equal([
        { exchange: 'new.example.com', preference: 5 },
      ]);
    });

    it('nothing that would be told to who asks anew', async () => {
      const ask = (anew?: 'anew'): Promise<readonly string[]> =>
        resolver.resolveAddresses('v4.example.com', [4], anew);
      await ask();
      dns.set('v4.example.com', { A: ['192.0.2.44'] });
      expect(await ask()).to.deep.equal(['192.0.2.4']);
      expect(await ask('anew')).to.deep.equal(['192.0.2.44']);
      expect(await ask()).to.deep.equal(['192.0.2.44']);
    });

    it('a negative answer for half a minute', async () => {
      await kindOf(resolver.resolveMx('new.example.com'));
      dns.set('new.example.com', { MX: [[10, 'mx1.example.com']] });
      now += 29_999;
      expect(await kindOf(resolver.resolveMx('new.example.com'))).to.equal('no-such-domain');
      now += 1;
      expect(await resolver.resolveMx('new.example.com')).to.have.length(1);
    });

    it('no temporary fault', async () => {
      expect(await kindOf(resolver.resolveMx('servfail.example.com'))).to.equal('temporary');
      dns.set('servfail.example.com', { MX: [[10, 'mx1.example.com']] });
      expect(await resolver.resolveMx('servfail.example.com')).to.have.length(1);
    });

    it('who is asking already, so that a burst asks once', async () => {
      await Promise.all(Array.from({ length: 50 }, () => resolver.resolveMx('example.com')));
      expect(dns.count('example.com', 'MX')).to.equal(1);
    });
  });

  it('refuses a server that is no address, and says how to write one', () => {
    expect(() => open({ servers: ['dns.example.com'] })).to.throw(
      /dns\.servers.*dns\.example\.com.*192\.0\.2\.53:53/,
    );
  });

  describe('for names of this host', () => {
    let directory: string;

    before(async () => {
      directory = await mkdtemp(join(tmpdir(), 'mailpair-hosts-'));
      await writeFile(
        join(directory, 'hosts'),
        '10.0.0.3 mail.internal MAIL # the local server\nfd00::3 mail\n',
      );
    });
    after(() => rm(directory, { recursive: true }));

    it('finds localhost without asking DNS, whatever servers are configured', async () => {
      expect(await resolver.resolveAddresses('localhost', [4])).to.deep.equal(['127.0.0.1']);
      expect(dns.queries).to.deep.equal([]);
    });

    it('reads the hosts file when no servers are configured', async () => {
      const internal = open({ servers: [], hostsFile: join(directory, 'hosts') });
      expect(await internal.resolveAddresses('mail.internal')).to.deep.equal(['10.0.0.3']);
      expect(await internal.resolveAddresses('Mail', [6, 4])).to.deep.equal(['fd00::3', '10.0.0.3']);
      expect(await kindOf(internal.resolveAddresses('mail.internal', [6]))).to.equal('no-data');
    });

    it('asks DNS alone when servers are configured', async () => {
      const external = open({ hostsFile: join(directory, 'hosts') });
      expect(await kindOf(external.resolveAddresses('mail.internal'))).to.equal('no-such-domain');
      expect(dns.count('mail.internal', 'A')).to.equal(1);
    });
  });
});
