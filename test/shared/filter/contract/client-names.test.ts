import { expect } from 'chai';
import { after, before, describe, it } from 'mocha';
import { heloNameLearner } from '@mailpair/shared/filter/client-name/learn-helo-name';
import { reverseNameLearner } from '@mailpair/shared/filter/client-name/learn-reverse-name';
import { createResolver, type Resolver } from '@mailpair/shared/platform/dns/resolver';
import { startDns, type TestDns } from '../../../support/dns-server.ts';
import { learn, type Asking } from '../../../support/inquiries.ts';
import { inList } from '../../../support/list-zone.ts';

const ptr = (address: string): string => inList(address, address.includes(':') ? 'ip6.arpa' : 'in-addr.arpa');

describe('the names of a client', () => {
  let dns: TestDns;
  let resolver: Resolver & { close(): void };

  before(async () => {
    dns = await startDns({
      [ptr('192.0.2.1')]: { PTR: ['other.test', 'Mail.Sender.test'] },
      'mail.sender.test': { A: ['192.0.2.1'], AAAA: ['2001:db8::1'] },
      [ptr('2001:db8::1')]: { PTR: ['mail.sender.test'] },
      'other.test': { A: ['192.0.2.99'] },
      [ptr('192.0.2.2')]: { PTR: ['other.test'] },
      [ptr('192.0.2.3')]: { PTR: 'SERVFAIL' },
      [ptr('192.0.2.4')]: { PTR: ['doubt.test', 'other.test'] },
      'doubt.test': 'SERVFAIL',
      [ptr('192.0.2.5')]: { PTR: 'TIMEOUT' },
      [ptr('192.0.2.6')]: { PTR: Array.from({ length: 40 }, (_, i) => `n${i}.many.test`) },
      [ptr('192.0.2.8')]: { PTR: ['silent.test'] },
      'silent.test': 'TIMEOUT',
    });
    resolver = createResolver({ servers: [dns.address], timeoutMs: 3_000 });
  });
  after(async () => {
    resolver.close();
    await dns.close();
  });

  async function names(asking: Asking): Promise<unknown> {
    const { reverseName } = await learn([reverseNameLearner(resolver, () => 300)], asking);
    return reverseName?.kind === 'known' ? reverseName.value : reverseName;
  }

  for (const [what, address, value] of [
    [
      'the one that points back',
      '192.0.2.1',
      { names: ['other.test', 'mail.sender.test'], confirmed: 'mail.sender.test' },
    ],
    ['the same for IPv6', '2001:db8::1', { names: ['mail.sender.test'], confirmed: 'mail.sender.test' }],
    ['none that points back', '192.0.2.2', { names: ['other.test'] }],
    ['none at all', '192.0.2.77', { names: [] }],
  ] as const)
    it(`are known: ${what}`, async () => {
      expect(await names({ address })).to.deep.equal(value);
    });

  it('are in doubt when one that might point back is not answered', async () => {
    expect(await names({ address: '192.0.2.4' }))
      .to.have.property('doubt')
      .that.includes('doubt.test');
    expect(await names({ address: '192.0.2.8' })).to.deep.equal({
      names: ['silent.test'],
      doubt: 'no answer within 0.3 s',
    });
  });

  it('are a fault, not "none", when DNS does not answer', async () => {
    expect(await names({ address: '192.0.2.3' })).to.have.property('kind', 'fault');
    expect(await names({ address: '192.0.2.5' })).to.deep.include({
      kind: 'fault',
      reason: 'names of 192.0.2.5: no answer within 0.3 s',
    });
  });

  it('are five at most', async () => {
    expect(await names({ address: '192.0.2.6' }))
      .to.have.property('names')
      .with.lengthOf(5);
    expect(dns.queries.filter(({ name }) => name.endsWith('.many.test'))).to.have.lengthOf(5);
  });

  it('are not asked for of clients of this site', async () => {
    for (const asking of [{ address: '127.0.0.1' }, { address: '10.0.0.1' }, { trusted: true }])
      expect(await names(asking)).to.equal(undefined);
  });

  async function heloName(helo: string): Promise<unknown> {
    const { heloName } = await learn([heloNameLearner(resolver, () => 300)], { helo });
    return heloName?.kind === 'known' ? heloName.value : heloName;
  }

  for (const [what, value] of [
    ['a name', { helo: 'mail.sender.test', addresses: ['192.0.2.1', '2001:db8::1'] }],
    ['a name that nobody has', { helo: 'nobody.test', addresses: [] }],
    ['what cannot be a name', { helo: 'a..b', addresses: [] }],
    ['a bare word', { helo: 'localhost' }],
    ['an address literal', { helo: '[192.0.2.7]', literal: '192.0.2.7' }],
    ['an IPv6 address literal', { helo: '[IPv6:2001:DB8:0::7]', literal: '2001:db8::7' }],
    ['an address without brackets', { helo: '192.0.2.7', literal: '192.0.2.7' }],
    ['a silent name', { helo: 'silent.test', doubt: 'no answer within 0.3 s' }],
  ] as const)
    it(`in HELO: ${what}`, async () => {
      expect(await heloName(value.helo)).to.deep.equal(value);
    });

  it('in HELO: no more than a name can have', async () => {
    expect(await heloName('x'.repeat(5_000))).to.deep.equal({ helo: 'x'.repeat(255) });
  });

  it('in HELO: a name in doubt', async () => {
    expect(await heloName('doubt.test'))
      .to.have.property('doubt')
      .that.includes('ESERVFAIL');
  });
});
