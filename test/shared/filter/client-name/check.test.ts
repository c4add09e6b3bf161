import { expect } from 'chai';
import { describe, it } from 'mocha';
import { clientNameCheck } from '@mailpair/shared/filter/client-name/check';
import { findingsOf } from '@mailpair/shared/filter/contract/combine';
import type { ReverseName } from '@mailpair/shared/filter/client-name/facts';
import { factsWith } from '../../../support/inquiries.ts';

const scores = { noName: 1.5, unconfirmedName: 1, genericName: 0.5 };
const rulesOf = (value: ReverseName, by = scores): [string, number][] =>
  clientNameCheck(by)
    .judge(factsWith({ reverseName: value }))
    .map(({ rule, score }) => [rule, score]);

describe('the check of the reverse name', () => {
  it('finds nothing in a name that is confirmed', () => {
    expect(rulesOf({ names: ['mail.sender.test'], confirmed: 'mail.sender.test' })).to.deep.equal([]);
  });

  it('counts an address without a name, which refuses nobody', () => {
    const [finding] = clientNameCheck(scores).judge(factsWith({ reverseName: { names: [] } }));
    expect(finding).to.deep.equal({
      rule: 'client-name.none',
      score: 1.5,
      evidence: '192.0.2.7 has no name in DNS',
    });
  });

  it('counts a name that does not point back, and one that says the address', () => {
    expect(rulesOf({ names: ['dsl-192-0-2-7.isp.test'] })).to.deep.equal([
      ['client-name.unconfirmed', 1],
      ['client-name.generic', 0.5],
    ]);
  });

  it('counts nothing that is in doubt, and says so', () => {
    const [finding] = clientNameCheck(scores).judge(
      factsWith({ reverseName: { names: ['mail.sender.test'], doubt: 'ESERVFAIL' } }),
    );
    expect(finding).to.include({ rule: 'client-name.fault', score: 0, missing: true });
  });

  it('tells a DNS that does not answer from an address without a name', () => {
    const fault = { kind: 'fault', reason: 'no usable answer', tookMs: 1 } as const;
    const facts = { ...factsWith({}), learnt: { reverseName: fault } };
    const [finding] = findingsOf(facts, 'rcpt', [clientNameCheck(scores)]);
    expect(finding).to.include({ rule: 'client-name.fault', score: 0, missing: true });
    expect(finding).to.not.have.property('verdict');
  });

  it('is silent about what scores 0', () => {
    expect(rulesOf({ names: [] }, { ...scores, noName: 0 })).to.deep.equal([]);
  });
});
