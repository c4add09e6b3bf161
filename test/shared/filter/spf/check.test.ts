import { expect } from 'chai';
import { describe, it } from 'mocha';
import { spfCheck, spfRefusalCheck } from '@mailpair/shared/filter/spf/check';
import type { Facts } from '@mailpair/shared/filter/pipeline/facts';
import type { Finding } from '@mailpair/shared/filter/contract/verdict';
import { authenticated, nobody } from '../dkim-dmarc-arc/authentications.ts';

const rules = { refuse: true, onFault: 'accept', fail: 2, softfail: 1, permerror: 0.5, none: 0 } as const;
const found = (facts: Facts): readonly Finding[] => spfCheck(rules, nobody).judge(facts);
const fail = authenticated({ spf: { result: 'fail' } });

describe('the check of SPF', () => {
  it('counts what fails, and what is not sure of it', () => {
    expect(found(fail)).to.deep.equal([
      { rule: 'spf.fail', score: 2, evidence: '192.0.2.7 does not send for sender.test (SPF fail)' },
    ]);
    const score = (result: 'softfail' | 'permerror' | 'none' | 'neutral' | 'pass'): number[] =>
      found(authenticated({ spf: { result } })).map((each) => each.score);
    expect([
      score('softfail'),
      score('permerror'),
      score('none'),
      score('neutral'),
      score('pass'),
    ]).to.deep.equal([[1], [0.5], [], [], []]);
  });

  it('counts nothing where DMARC passes or somebody answers for it', () => {
    expect(found(authenticated({ spf: { result: 'fail' }, dmarc: { result: 'pass' } }))).to.deep.equal([]);
    const vouchers = { ...nobody, isForwarder: (address: string) => address === '192.0.2.7' };
    expect(spfCheck(rules, vouchers).judge(fail)).to.deep.equal([]);
    expect(spfRefusalCheck(rules, vouchers).judge(fail)).to.deep.equal([]);
  });

  it('never takes for failed what could not be learnt', () => {
    const facts = authenticated({ spf: { result: 'temperror', reason: 'SERVFAIL' } });
    expect(found(facts)).to.deep.equal([
      {
        rule: 'spf.fault',
        score: 0,
        evidence: 'SPF of sender.test could not be learnt: SERVFAIL',
        missing: true,
      },
    ]);
    const [deferred] = spfCheck({ ...rules, onFault: 'defer' }, nobody).judge(facts);
    expect(deferred).to.deep.include({ verdict: 'defer', firm: true });
    expect(spfRefusalCheck(rules, nobody).judge(facts)).to.deep.equal([]);
  });

  it('refuses with the words of the domain', () => {
    const facts = authenticated({ spf: { result: 'fail', explanation: 'see https://sender.test/spf' } });
    const [finding] = spfRefusalCheck(rules, nobody).judge(facts);
    expect(finding).to.deep.include({
      verdict: 'reject',
      reply: {
        code: 550,
        enhanced: '5.7.23',
        text: '192.0.2.7 may not send for sender.test (SPF): see https://sender.test/spf',
      },
    });
  });
});
