import { expect } from 'chai';
import { describe, it } from 'mocha';
import { combine } from '@mailpair/shared/filter/contract/combine';
import { greylistCheck, type GreylistCheckRules } from '@mailpair/shared/filter/greylist/check';
import type { Finding } from '@mailpair/shared/filter/contract/verdict';
import type { Facts } from '@mailpair/shared/filter/pipeline/facts';
import { factsWith } from '../../../support/inquiries.ts';

const scored = (score: number): Finding => ({ rule: 'other', score, evidence: 'seen' });

describe('the check of new senders', () => {
  const usual: GreylistCheckRules = { mode: 'suspicious', suspiciousAt: 2, hopelessAt: 12 };
  const stands = (standing: string, more: object = {}): Facts =>
    factsWith({
      greylist: { by: 'network', origin: '192.0.2.0/24 sender.test', standing, ripeAt: 90_000 },
      ...more,
    });
  const found = (facts: Facts, score: number, rules: Partial<GreylistCheckRules> = {}) =>
    greylistCheck({ ...usual, ...rules }).judge(facts, [scored(score)]);

  it('asks who is new and suspicious to come back, and says when', () => {
    const [finding] = found(stands('new'), 2);
    expect(finding).to.include({ rule: 'greylist', verdict: 'defer', score: 0 });
    expect(finding!.evidence).to.equal('192.0.2.0/24 sender.test is new, and scores 2');
    expect(finding!.reply).to.include({ code: 451, enhanced: '4.7.1' });
    expect(finding!.reply!.text).to.include('in 90 seconds or later');
    expect(found(stands('early'), 2)[0]!.evidence).to.include('back too soon');
  });

  it('takes who is not suspicious, unless everybody is to come back', () => {
    expect(found(stands('new'), 1.9)).to.deep.equal([]);
    expect(found(stands('new'), -5, { mode: 'everyone' })).to.have.length(1);
    expect(found(stands('new'), 5, { mode: 'off' })).to.deep.equal([]);
  });

  it('takes who was here before', () => {
    for (const standing of ['learnt', 'ripe']) expect(found(stands(standing), 5), standing).to.deep.equal([]);
  });

  it('takes what passes DMARC, and only that', () => {
    const dmarc = (result: string) => stands('new', { authentication: { dmarc: { result } } });
    expect(found(dmarc('pass'), 5)).to.deep.equal([]);
    for (const result of ['none', 'fail', 'temperror'])
      expect(found(dmarc(result), 5), result).to.have.length(1);
  });

  it('leaves to the score what is refused anyway', () => {
    expect(found(stands('new'), 12)).to.deep.equal([]);
  });

  it('is set aside by what allows the sender', () => {
    const findings = [
      ...found(stands('new'), 5),
      { rule: 'allow-list', score: 0, evidence: 'listed', verdict: 'allow' as const },
    ];
    expect(combine(findings, { tagAt: 4, quarantineAt: 7, rejectAt: 12 }).verdict.kind).to.equal('accept');
  });
});
