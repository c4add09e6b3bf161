import { expect } from 'chai';
import { after, before, describe, it } from 'mocha';
import { askList, readAnswer, type List } from '@mailpair/shared/filter/dns-lists/ask-list';
import { createResolver, type Resolver } from '@mailpair/shared/platform/dns/resolver';
import { startDns, type TestDns } from '../../../support/dns-server.ts';
import { addressList } from '../../../support/list-zone.ts';

const list: List = { name: 'bl', zone: 'bl.test', asks: ['client'], codes: [], test: null, refuses: false };

describe('a question to a list', () => {
  let dns: TestDns;
  let resolver: Resolver & { close(): void };

  before(async () => {
    dns = await startDns({
      ...addressList('bl.test', {
        '192.0.2.7': ['127.0.0.2', '127.0.0.4'],
        '192.0.2.9': { A: 'SERVFAIL' },
        '192.0.2.10': { TXT: ['no address'] },
      }),
    });
    resolver = createResolver({ servers: [dns.address], timeoutMs: 2_000 });
  });
  after(async () => {
    resolver.close();
    await dns.close();
  });

  for (const [what, labels, answer] of [
    ['lists it, with all codes', '7.2.0.192', { kind: 'listed', codes: ['127.0.0.2', '127.0.0.4'] }],
    ['does not know it', '8.2.0.192', { kind: 'clear' }],
    ['has the name without an address', '10.2.0.192', { kind: 'clear' }],
    ['does not answer', '9.2.0.192', { kind: 'silent', reason: 'no usable answer (ESERVFAIL)' }],
  ] as const)
    it(`that ${what}: ${answer.kind}`, async () => {
      const found = await askList(list, labels, resolver);
      expect(found).to.have.property('kind', answer.kind);
      expect({ ...found, ...('codes' in found && { codes: [...found.codes].toSorted() }) }).to.deep.equal(
        answer,
      );
    });
});

describe('an answer of a list', () => {
  it('that refuses us lists nothing, whatever else it says', () => {
    expect(readAnswer(['127.0.0.2', '127.255.255.254'], [])).to.have.property('kind', 'refused');
  });

  it('from outside 127.0.0.0/8 comes from no list', () => {
    expect(readAnswer(['203.0.113.5'], [])).to.deep.equal({
      kind: 'refused',
      reason: 'answers 203.0.113.5, as no list does',
    });
  });

  it('with codes that count nothing is none', () => {
    expect(readAnswer(['127.0.1.255'], [])).to.deep.equal({ kind: 'clear' });
    expect(readAnswer(['127.0.1.255', '127.0.0.3'], [])).to.deep.equal({
      kind: 'listed',
      codes: ['127.0.0.3'],
    });
  });

  it('keeps at most twenty codes', () => {
    const many = Array.from({ length: 100 }, (_, i) => `127.0.0.${i + 2}`);
    expect(readAnswer(many, [])).to.have.property('codes').with.lengthOf(20);
  });
});
