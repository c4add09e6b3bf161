import { authorCheck, reversePathCheck } from '@mailpair/shared/filter/submitters/sender-check';
import { submitterLimitsCheck } from '@mailpair/shared/filter/submitters/limits-check';
import { noLimits } from '@mailpair/shared/directory/submitters/usage';
import type { Facts } from '@mailpair/shared/filter/pipeline/facts';
import { expect } from 'chai';
import { describe, it } from 'mocha';

const submitterOf = () => ({
  name: 'anna',
  limits: noLimits,
  mayUse: (domain: string) => domain === 'example.com',
  checksFrom: true,
});
const facts = (reversePath: string, from: readonly string[] = []): Facts => ({
  role: 'submission',
  at: 0,
  client: { address: '10.0.0.5', helo: 'pc', tls: true, trusted: false, user: 'anna' },
  reversePath,
  recipients: ['bert@example.net'],
  learnt: {
    submitter: { kind: 'known', value: { name: 'anna' }, tookMs: 0 },
    author: { kind: 'known', value: { from }, tookMs: 0 },
  },
});

describe('What a submitter calls itself', () => {
  const byPath = reversePathCheck(submitterOf);
  const byFrom = authorCheck(submitterOf);

  it('is one of its domains, or the null reverse-path', () => {
    expect(byPath.judge(facts('anna@example.com'))).to.deep.equal([]);
    expect(byPath.judge(facts(''))).to.deep.equal([]);
    expect(byFrom.judge(facts('', ['anna@example.com', 'team@example.com']))).to.deep.equal([]);
    expect(byFrom.judge(facts('', []))).to.deep.equal([]);
  });

  it('is refused where it is another, in words that help', () => {
    const [finding] = byPath.judge(facts('chief@bank.example'));
    expect(finding).to.include({ verdict: 'reject', firm: true });
    expect(finding?.reply).to.deep.equal({
      code: 550,
      enhanced: '5.7.1',
      text: 'You may not send as chief@bank.example; use an address of yours',
    });
    expect(
      byFrom.judge(facts('anna@example.com', ['anna@example.com', 'chief@bank.example'])),
    ).to.have.length(1);
    expect(byFrom.judge(facts('anna@example.com', ['']))[0]?.reply?.text).to.include('with this From');
  });

  it('cannot put anything into the line of the reply', () => {
    const [finding] = byPath.judge(facts(`${'ü\r\n'.repeat(200)}@x`));
    expect(finding?.reply?.text).to.match(/^[\x20-\x7e]{1,200}$/);
  });
});

describe('The limits of a submitter', () => {
  it('hold its mail once it is held, whatever else is found', () => {
    const counts = noLimits;
    const usage = { kind: 'known' as const, value: { name: 'anna', counts }, tookMs: 0 };
    expect(submitterLimitsCheck.judge({ ...facts(''), learnt: { usage } })).to.deep.equal([]);
    const held = { since: 0, reason: '4 messages within an hour', by: 'limit' as const };
    const [finding] = submitterLimitsCheck.judge({
      ...facts(''),
      learnt: { usage: { ...usage, value: { ...usage.value, held } } },
    });
    expect(finding).to.include({
      verdict: 'hold',
      firm: true,
      evidence: 'anna is held: 4 messages within an hour',
    });
  });
});
