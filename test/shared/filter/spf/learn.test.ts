import { expect } from 'chai';
import { after, before, describe, it } from 'mocha';
import { spfLearner } from '@mailpair/shared/filter/spf/learn';
import { createResolver } from '@mailpair/shared/platform/dns/resolver';
import type { SpfFacts } from '@mailpair/shared/filter/spf/facts';
import { startDns, type TestDns } from '../../../support/dns-server.ts';
import { learn, type Asking } from '../../../support/inquiries.ts';

const isStranger = (address: string): boolean => !address.startsWith('10.');

describe('SPF', () => {
  let dns: TestDns;
  let resolver: ReturnType<typeof createResolver>;

  before(async () => {
    dns = await startDns({
      'sender.test': { TXT: ['v=spf1 a:mail.sender.test include:other.test exp=why.sender.test -all'] },
      'mail.sender.test': { A: ['192.0.2.7'], TXT: ['v=spf1 a -all'] },
      'why.sender.test': { TXT: ['%{i} is none of ours'] },
      'other.test': { TXT: ['v=spf1 ip4:192.0.2.9 ?all'] },
      'soft.test': { TXT: ['v=spf1 ~all'] },
      'void.test': { TXT: ['v=spf1 a:a.void.test a:b.void.test a:c.void.test -all'] },
      'many.test': { TXT: [`v=spf1 ${'exists:mail.sender.test.no '.repeat(11)}-all`] },
      'names.test': { TXT: ['v=spf1 exists:%{l}.who.names.test -all'] },
      'anna.who.names.test': { A: ['127.0.0.2'] },
      'ptr.test': { TXT: ['v=spf1 ptr -all'] },
      '7.2.0.192.in-addr.arpa': { PTR: ['out.ptr.test'] },
      'out.ptr.test': { A: ['192.0.2.7'] },
      'mx.test': { TXT: ['v=spf1 mx -all'], MX: [[10, 'mail.sender.test']] },
      'six.test': { TXT: ['v=spf1 aaaa -all'] },
      'silent.test': 'SERVFAIL',
      'broken.test': { TXT: ['v=spf1 include:silent.test -all'] },
    });
    resolver = createResolver({ servers: [dns.address], timeoutMs: 2_000 });
  });
  after(async () => {
    resolver.close();
    await dns.close();
  });

  async function spfOf(asking: Asking): Promise<SpfFacts | undefined> {
    const learner = spfLearner({ resolver, host: 'mx-in.example.com', isStranger, patienceMs: () => 3_000 });
    const { spf } = await learn([learner], asking);
    if (spf?.kind === 'fault') throw new Error(spf.reason);
    return spf?.value;
  }

  const cases: readonly (readonly [what: string, asking: Asking, expected: Partial<SpfFacts>])[] = [
    ['an address of the domain', {}, { result: 'pass', domain: 'sender.test', identity: 'mailfrom' }],
    ['one that an included record has', { address: '192.0.2.9' }, { result: 'pass' }],
    [
      'a stranger, and what the domain says to it',
      { address: '192.0.2.8' },
      { result: 'fail', explanation: '192.0.2.8 is none of ours' },
    ],
    ['a domain that is not sure', { from: 'a@soft.test' }, { result: 'softfail' }],
    ['a domain without a record', { from: 'a@none.test' }, { result: 'none', domain: 'none.test' }],
    [
      'a null reverse-path, by HELO',
      { from: '' },
      { result: 'pass', identity: 'helo', domain: 'mail.sender.test' },
    ],
    [
      'more than two void look-ups',
      { from: 'a@void.test' },
      { result: 'permerror', reason: 'Too many void DNS results' },
    ],
    ['a record with a term that is none', { from: 'a@six.test' }, { result: 'permerror' }],
    ['the part before the @', { from: 'anna@names.test' }, { result: 'pass' }],
    ['the name of the client', { from: 'a@ptr.test' }, { result: 'pass' }],
    ['the hosts of MX', { from: 'a@mx.test' }, { result: 'pass' }],
    ['a server that does not answer', { from: 'a@silent.test' }, { result: 'temperror' }],
    ['an include that cannot be asked', { from: 'a@broken.test' }, { result: 'temperror' }],
  ];
  for (const [what, asking, expected] of cases)
    it(`${what}: ${expected.result}`, async () => {
      expect(await spfOf(asking)).to.deep.include(expected);
    });

  it('asks no more than ten times for one message', async () => {
    const found = await spfOf({ from: 'a@many.test' });
    expect(found).to.deep.include({ result: 'permerror' });
    expect(dns.count('mail.sender.test.no')).to.be.at.most(10);
  });

  it('is not asked of clients of this site', async () => {
    expect(await spfOf({ address: '10.0.0.7' })).to.equal(undefined);
    expect(await spfOf({ trusted: true })).to.equal(undefined);
  });

  it('waits no longer than it may', async () => {
    dns.set('slow.test', 'TIMEOUT');
    const learner = spfLearner({ resolver, host: 'mx-in.example.com', isStranger, patienceMs: () => 50 });
    const { spf } = await learn([learner], { from: 'a@slow.test' });
    expect(spf).to.nested.include({ kind: 'known', 'value.result': 'temperror' });
    expect(spf).to.have.nested.property('value.reason').that.contains('time limit');
  });
});
