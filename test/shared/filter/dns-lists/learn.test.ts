import { expect } from 'chai';
import { afterEach, beforeEach, describe, it } from 'mocha';
import type { List } from '@mailpair/shared/filter/dns-lists/ask-list';
import {
  addressListLearner,
  domainListLearner,
  urlListLearner,
} from '@mailpair/shared/filter/dns-lists/learn';
import { createDnsLists, type DnsLists } from '@mailpair/shared/filter/dns-lists/lists';
import { reverseNameLearner } from '@mailpair/shared/filter/client-name/learn-reverse-name';
import { systemClock } from '@mailpair/shared/platform/time/clock';
import { silentLog } from '@mailpair/shared/platform/log/log';
import { createResolver, type Resolver } from '@mailpair/shared/platform/dns/resolver';
import type { Learnt } from '@mailpair/shared/filter/pipeline/facts';
import { startDns, type TestDns } from '../../../support/dns-server.ts';
import { learn } from '../../../support/inquiries.ts';
import { addressList, domainList, inList } from '../../../support/list-zone.ts';

const addresses = (name: string): List => ({
  name,
  zone: `${name}.test`,
  asks: ['client'],
  codes: [],
  test: null,
  refuses: false,
});
const ofDomains = (...asks: List['asks']): List => ({ ...addresses('dbl'), asks });
const isHosted = (domain: string): boolean => domain === 'example.com';

/** What is known of one thing, without the time. */
function valueOf(learnt: Learnt, name: 'addressLists' | 'domainLists' | 'urlLists'): unknown {
  const fact = learnt[name];
  return fact?.kind === 'known' ? fact.value : fact;
}

describe('what lists say', () => {
  let dns: TestDns;
  let resolver: Resolver & { close(): void };
  let lists: DnsLists;

  beforeEach(async () => {
    dns = await startDns({
      ...addressList('one.test', { '192.0.2.7': ['127.0.0.2'], '2001:db8::7': ['127.0.0.3'] }),
      ...addressList('two.test'),
      ...addressList('broken.test', { '127.0.0.1': ['127.0.0.2'] }),
      ...domainList('dbl.test', { 'bad.test': ['127.0.0.2'], '198.51.100.9': ['127.0.0.4'] }),
      [inList('192.0.2.7', 'in-addr.arpa')]: { PTR: ['host.bad.test'] },
      'host.bad.test': { A: ['192.0.2.7'] },
    });
    resolver = createResolver({ servers: [dns.address], timeoutMs: 2_000 });
    lists = createDnsLists({
      rules: () => ({ timeoutMs: 300, testMs: 60_000, retestMs: 60_000 }),
      resolver,
      clock: systemClock,
      log: silentLog,
      counted: () => undefined,
    });
  });
  afterEach(async () => {
    lists.close();
    resolver.close();
    await dns.close();
  });

  describe('of the client', () => {
    it('is learnt from all of them, and what could not be asked is said', async () => {
      lists.set([addresses('one'), addresses('two'), addresses('broken')]);
      const learnt = await learn([addressListLearner(lists)]);
      expect(valueOf(learnt, 'addressLists')).to.deep.equal({
        listed: [{ list: 'one', subject: '192.0.2.7', codes: ['127.0.0.2'] }],
        clear: ['two'],
        unanswered: [
          { list: 'broken', reason: 'lists 127.0.0.1, which no list may: it lists the world', off: true },
        ],
      });
    });

    it('is learnt of IPv6 clients', async () => {
      lists.set([addresses('one')]);
      const learnt = await learn([addressListLearner(lists)], { address: '2001:db8::7' });
      expect(valueOf(learnt, 'addressLists')).to.have.deep.nested.property('listed[0].codes', ['127.0.0.3']);
    });

    it('is kept though one list is slow', async () => {
      lists.set([addresses('one'), addresses('two')]);
      await learn([addressListLearner(lists)], { address: '192.0.2.200' });
      dns.set(inList('192.0.2.7', 'two.test'), 'TIMEOUT');
      const from = performance.now();
      const learnt = await learn([addressListLearner(lists)], { budgetMs: 1_000 });
      expect(performance.now() - from).to.be.below(900);
      expect(valueOf(learnt, 'addressLists')).to.deep.equal({
        listed: [{ list: 'one', subject: '192.0.2.7', codes: ['127.0.0.2'] }],
        clear: [],
        unanswered: [{ list: 'two', reason: 'no answer within 0.3 s' }],
      });
    });

    for (const [whom, asking] of [
      ['of a trusted client', { trusted: true }],
      ['of a loopback address', { address: '127.0.0.1' }],
      ['of a private address', { address: '10.0.0.9' }],
      ['of a private IPv6 address', { address: 'fd00::9' }],
    ] as const)
      it(`is not asked ${whom}`, async () => {
        lists.set([addresses('one')]);
        await learn([addressListLearner(lists)], { address: '192.0.2.200' });
        const asked = dns.queries.length;
        expect(await learn([addressListLearner(lists)], asking)).to.deep.equal({});
        expect(dns.queries.length).to.equal(asked);
      });

    it('is not asked where there is no list', async () => {
      expect(await learn([addressListLearner(lists)])).to.deep.equal({});
    });
  });

  describe('of its domains', () => {
    const learners = () => [reverseNameLearner(resolver, () => 1_000), domainListLearner(lists, isHosted)];

    it('is asked where the operator wants it', async () => {
      lists.set([ofDomains('sender', 'helo')]);
      const learnt = await learn(learners(), { from: 'a@mail.bad.test', helo: 'mx.other.test' });
      expect(valueOf(learnt, 'domainLists')).to.deep.equal({
        listed: [{ list: 'dbl', subject: 'bad.test', codes: ['127.0.0.2'] }],
        clear: [],
        unanswered: [],
      });
      expect(dns.count('other.test.dbl.test')).to.equal(1);
    });

    it('takes the reverse name that is confirmed', async () => {
      lists.set([ofDomains('reverse')]);
      const learnt = await learn(learners(), { from: 'a@other.test' });
      expect(valueOf(learnt, 'domainLists')).to.have.nested.property('listed[0].subject', 'bad.test');
      expect(dns.count('other.test.dbl.test')).to.equal(0);
    });

    it('is not asked about hosted domains, nor about the null reverse-path', async () => {
      lists.set([ofDomains('sender', 'helo')]);
      for (const from of ['a@example.com', '']) await learn(learners(), { from, helo: '[192.0.2.7]' });
      expect(dns.count('example.com.dbl.test')).to.equal(0);
      expect(dns.queries.filter(({ name }) => name.startsWith('7.2.0.192.dbl'))).to.have.lengthOf(0);
    });
  });

  describe('of the hosts in a message', () => {
    const urls = (...of: string[]) => [urlListLearner(lists, isHosted, () => Promise.resolve(of))];

    it('is asked once for each registrable domain, numeric hosts too', async () => {
      lists.set([ofDomains('urls')]);
      const learnt = await learn(
        urls('http://a.bad.test/x', 'https://b.bad.test', 'http://3325256713/', 'https://www.example.com/'),
      );
      expect(valueOf(learnt, 'urlLists')).to.deep.equal({
        listed: [
          { list: 'dbl', subject: 'bad.test', codes: ['127.0.0.2'] },
          { list: 'dbl', subject: '198.51.100.9', codes: ['127.0.0.4'] },
        ],
        clear: [],
        unanswered: [],
      });
      expect(dns.count('bad.test.dbl.test')).to.equal(1);
      expect(dns.count('example.com.dbl.test')).to.equal(0);
    });

    it('asks for twenty hosts at most, and says how many it left out', async () => {
      lists.set([ofDomains('urls')]);
      const learnt = await learn(
        urls(...Array.from({ length: 200 }, (_, i) => `https://site-${i}.example/`)),
      );
      expect(valueOf(learnt, 'urlLists')).to.have.property('leftOut', 180);
      expect(dns.queries.filter(({ name }) => name.startsWith('site-'))).to.have.lengthOf(20);
    });

    it('is nothing for a message without URLs, nor where no list is asked about them', async () => {
      lists.set([ofDomains('urls')]);
      expect(await learn(urls())).to.deep.equal({});
      lists.set([ofDomains('sender')]);
      expect(await learn(urls('https://bad.test/'))).to.deep.equal({});
    });
  });

  it('keeps what is known of a list over a reload that leaves it as it is', async () => {
    lists.set([addresses('one'), addresses('two')]);
    await learn([addressListLearner(lists)]);
    const tests = dns.count(inList('127.0.0.2', 'one.test'));
    lists.set([addresses('one')]);
    expect(lists.states().map(({ name, standing }) => [name, standing])).to.deep.equal([['one', 'sound']]);
    await learn([addressListLearner(lists)]);
    expect(dns.count(inList('127.0.0.2', 'one.test'))).to.equal(tests);
  });
});
