import { expect } from 'chai';
import { describe, it } from 'mocha';
import { spoofingCheck, type SpoofingRules } from '@mailpair/shared/filter/dkim-dmarc-arc/spoofing-check';
import type { Vouchers } from '@mailpair/shared/filter/dkim-dmarc-arc/vouching';
import type { Finding } from '@mailpair/shared/filter/contract/verdict';
import { authenticated, nobody, type Authenticated } from './authentications.ts';

const found = (
  told: Authenticated,
  rules: Partial<SpoofingRules> = {},
  vouchers: Vouchers = nobody,
): readonly Finding[] =>
  spoofingCheck(
    { verdict: 'reject', score: 4, lists: 'quarantine', ...rules },
    ['example.com'],
    vouchers,
  ).judge(authenticated(told));

const inFrom = { from: [{ name: 'Boss', address: 'boss@Example.COM' }] };

describe('a hosted domain used by a stranger', () => {
  it('is refused in From and in the reverse-path', () => {
    const [finding] = found(inFrom);
    expect(finding).to.deep.include({ rule: 'spoofing', verdict: 'reject' });
    expect(finding?.evidence).to.equal(
      'From is of example.com, a hosted domain, and neither SPF nor DKIM proves it',
    );
    expect(finding?.reply).to.include({ code: 550, enhanced: '5.7.26' });
    expect(found({ reversePath: 'boss@example.com' })[0]?.evidence).to.include('the reverse-path is of');
  });

  it('scores or goes to quarantine, as configured', () => {
    expect(found(inFrom, { verdict: 'score', score: 4 })).to.have.nested.property('[0].score', 4);
    expect(found(inFrom, { verdict: 'score', score: 4 })[0]).to.not.have.property('verdict');
    expect(found(inFrom, { verdict: 'score', score: 0 })).to.deep.equal([]);
    expect(found(inFrom, { verdict: 'quarantine', score: 4 })[0]).to.include({ verdict: 'quarantine' });
  });

  it('is proven by SPF or a signature of it, or of one above or below', () => {
    expect(found({ ...inFrom, spf: { result: 'pass', domain: 'example.com' } })).to.deep.equal([]);
    expect(found({ ...inFrom, spf: { result: 'pass', domain: 'bounce.example.com' } })).to.deep.equal([]);
    expect(found({ ...inFrom, dkim: [{ domain: 'example.com' }] })).to.deep.equal([]);
    expect(found({ ...inFrom, dkim: [{ domain: 'example.com', result: 'fail' }] })).to.have.length(1);
    expect(found({ ...inFrom, dkim: [{ domain: 'badexample.com' }] })).to.have.length(1);
  });

  it('is nobody’s fault while DNS does not say', () => {
    expect(found({ ...inFrom, dkim: [{ domain: 'example.com', result: 'temperror' }] })).to.deep.equal([]);
  });

  it('is lifted where a forwarder passes it on', () => {
    expect(found(inFrom, undefined, { ...nobody, isForwarder: () => true })).to.deep.equal([]);
  });

  it('is kept back where it has the signs of a mailing list, which anybody can write', () => {
    const listed = { ...inFrom, list: '<talk.lists.test>' };
    for (const lists of ['quarantine', 'obey', 'score'] as const)
      expect(found(listed, { lists })[0]).to.include({ verdict: 'quarantine' });
    expect(found(listed, { verdict: 'score' })[0]).to.not.have.property('verdict');
    const proven = { ...listed, spf: { result: 'pass', domain: 'lists.test' } } as const;
    expect(found(proven)[0]).to.include({ verdict: 'quarantine' });
    expect(found(proven, { lists: 'score' })[0]).to.not.have.property('verdict');
  });

  it('is found among all the domains that From names', () => {
    const many = {
      from: [{ name: '', address: 'a@sender.test' }],
      authorDomains: ['sender.test', 'example.com'],
    };
    expect(found(many)[0]).to.include({ verdict: 'reject' });
    const more = found({ authorDomains: ['sender.test', ''] });
    expect(more[0]).to.include({ verdict: 'quarantine' });
    expect(more[0]?.evidence).to.include('more domains than are looked at');
  });

  it('is not lifted by a seal that saw another domain of From pass', () => {
    const sealed = {
      authorDomains: ['sender.test', 'example.com'],
      arc: {
        result: 'pass',
        sealers: ['lists.test'],
        saw: ['i=1; lists.test; dmarc=pass header.from=sender.test'],
      },
    } as const;
    expect(found(sealed, {}, { ...nobody, sealers: ['lists.test'] })[0]).to.include({ verdict: 'reject' });
  });

  it('is no matter for other domains', () => {
    expect(found({})).to.deep.equal([]);
    expect(found({ from: [{ name: '', address: 'a@news.example.com' }] })).to.deep.equal([]);
  });
});
