import { expect } from 'chai';
import { describe, it } from 'mocha';
import { combine, findingsOf } from '@mailpair/shared/filter/contract/combine';
import { rspamdCheck, type RspamdRules } from '@mailpair/shared/filter/engines/rspamd-check';
import type { RspamdFacts } from '@mailpair/shared/filter/engines/facts';
import type { Judgement } from '@mailpair/shared/filter/contract/verdict';
import { factsWith } from '../../../support/inquiries.ts';

const usual: RspamdRules = {
  roles: ['mx'],
  follow: 'action',
  weight: 0.8,
  reject: 'reject',
  markScore: 4,
  onFault: 'accept',
};
const said = (action: string, score: number, ...symbols: [string, number][]): RspamdFacts => ({
  server: 'rspamd:11333',
  action,
  score,
  rejectScore: 15,
  symbols: symbols.map(([name, of]) => ({ name, score: of })),
});
const judge = (rspamd: RspamdFacts, rules: Partial<RspamdRules> = {}): Judgement =>
  combine(findingsOf(factsWith({ rspamd }), 'message', [rspamdCheck({ ...usual, ...rules })]), {
    tagAt: 4,
    quarantineAt: 7,
    rejectAt: 12,
  });

describe('the check by rspamd', () => {
  it('follows its action', () => {
    for (const [action, kind] of [
      ['no action', 'accept'],
      ['greylist', 'accept'],
      ['add header', 'tag'],
      ['rewrite subject', 'tag'],
      ['quarantine', 'quarantine'],
      ['soft reject', 'defer'],
      ['reject', 'reject'],
      ['discard', 'reject'],
      ['something new', 'accept'],
    ] as const)
      expect([action, judge(said(action, 1)).verdict.kind]).to.deep.equal([action, kind]);
    expect(judge(said('reject', 20), { reject: 'quarantine' }).verdict.kind).to.equal('quarantine');
  });

  it('or counts its score with a weight', () => {
    const { score, verdict } = judge(said('reject', 15), { follow: 'score' });
    expect([score, verdict.kind]).to.deep.equal([12, 'reject']);
    expect(judge(said('no action', -3.33), { follow: 'score' }).score).to.equal(-2.7);
  });

  it('shows what it says and the symbols that count', () => {
    const { findings } = judge(said('reject', 16.5, ['GTUBE', 10], ['ARC_NA', 0], ['BAYES_SPAM', 6.5]));
    expect(findings).to.deep.equal([
      {
        rule: 'rspamd.reject',
        score: 0,
        evidence: 'rspamd at rspamd:11333 says reject, score 16.5 of 15: GTUBE 10, BAYES_SPAM 6.5',
        verdict: 'reject',
        reply: {
          code: 550,
          enhanced: '5.7.1',
          text: 'The message looks like spam and is refused; if it is not, ask postmaster here',
        },
      },
    ]);
  });

  it('is set aside by an allow, as every sign of spam', () => {
    const allow = { rule: 'policy', score: 0, evidence: '', verdict: 'allow' } as const;
    const { findings } = judge(said('reject', 16));
    expect(combine([allow, ...findings], { tagAt: 4, quarantineAt: 7, rejectAt: 12 }).verdict.kind).to.equal(
      'accept',
    );
  });

  it('says that a message was too big for it', () => {
    const { verdict, findings } = judge({ tooBig: 'it has 30 octets, rspamd.maxSize is 25' });
    expect(verdict.kind).to.equal('accept');
    expect(findings[0]).to.include({ missing: true });
  });
});
