import { expect } from 'chai';
import { describe, it } from 'mocha';
import { combine, findingsOf } from '@mailpair/shared/filter/contract/combine';
import { virusCheck, type VirusRules } from '@mailpair/shared/filter/engines/virus-check';
import type { VirusFacts } from '@mailpair/shared/filter/engines/facts';
import type { Facts } from '@mailpair/shared/filter/pipeline/facts';
import type { Judgement } from '@mailpair/shared/filter/contract/verdict';
import { factsWith } from '../../../support/inquiries.ts';

const usual: VirusRules = {
  roles: ['mx', 'submission'],
  virus: 'reject',
  suspicious: 'quarantine',
  suspiciousNames: ['Heuristics.', 'PUA.'],
  suspiciousScore: 4,
  tooBig: 'quarantine',
  onFault: 'defer',
};
const thresholds = { tagAt: 4, quarantineAt: 7, rejectAt: 12 };
const facts = (virus: VirusFacts, role: Facts['role'] = 'mx'): Facts => ({ ...factsWith({ virus }), role });
const judge = (of: Facts, rules: Partial<VirusRules> = {}): Judgement =>
  combine(findingsOf(of, 'message', [virusCheck({ ...usual, ...rules })]), thresholds);
const found = (name: string): VirusFacts => ({ server: 'clamd:3310', found: name });

describe('the check for viruses', () => {
  it('finds nothing in a clean message', () => {
    expect(judge(facts({ server: 'clamd:3310' }))).to.deep.equal({
      verdict: { kind: 'accept', reason: 'score 0' },
      score: 0,
      findings: [],
    });
  });

  it('refuses a virus by its name, of strangers and of submitters', () => {
    for (const role of ['mx', 'submission'] as const) {
      const { verdict } = judge(facts(found('Win.Test.EICAR_HDB-1'), role));
      expect(verdict).to.deep.include({
        kind: 'reject',
        reply: {
          code: 550,
          enhanced: '5.7.1',
          text: 'The message contains malware (Win.Test.EICAR_HDB-1) and is refused',
        },
      });
      expect(verdict.reason).to.equal('virus.found: clamd at clamd:3310 found Win.Test.EICAR_HDB-1');
    }
  });

  it('keeps it where told to: in quarantine, of submitters in the queue', () => {
    expect(judge(facts(found('X')), { virus: 'quarantine' }).verdict.kind).to.equal('quarantine');
    expect(judge(facts(found('X'), 'submission'), { virus: 'quarantine' }).verdict.kind).to.equal('hold');
  });

  it('keeps what is only suspicious, refuses it or scores it', () => {
    for (const name of ['Heuristics.Encrypted.Zip', 'PUA.Win.Packer.X']) {
      expect(judge(facts(found(name))).verdict.kind).to.equal('quarantine');
      expect(judge(facts(found(name)), { suspicious: 'reject' }).verdict.kind).to.equal('reject');
      expect(judge(facts(found(name)), { suspicious: 'score' })).to.deep.include({ score: 4 });
    }
    expect(judge(facts(found('Win.Heuristics.X'))).verdict.kind).to.equal('reject');
  });

  it('no allow of anybody sets a virus aside', () => {
    const check = virusCheck(usual);
    const allow = { rule: 'policy', score: 0, evidence: '', verdict: 'allow' } as const;
    const findings = [allow, ...findingsOf(facts(found('X')), 'message', [check])];
    expect(combine(findings, thresholds).verdict.kind).to.equal('reject');
  });

  it('a message too big to be scanned goes as configured, and is said to be unscanned', () => {
    const tooBig = facts({ tooBig: 'it has 30 octets, clamav.maxSize is 25' });
    for (const [rule, kind] of [
      ['accept', 'accept'],
      ['quarantine', 'quarantine'],
      ['reject', 'reject'],
    ] as const) {
      const { verdict, findings } = judge(tooBig, { tooBig: rule });
      expect(verdict.kind).to.equal(kind);
      expect(findings[0]).to.include({
        missing: true,
        evidence: 'not scanned: it has 30 octets, clamav.maxSize is 25',
      });
    }
  });

  it('without an answer it defers or goes on, as configured, and says so', () => {
    const silent: Facts = {
      ...factsWith({}),
      learnt: { virus: { kind: 'fault', reason: 'all down', tookMs: 1 } },
    };
    const deferred = judge(silent);
    expect(deferred.verdict).to.deep.include({ kind: 'defer' });
    expect(deferred.findings[0]).to.include({
      missing: true,
      evidence: 'virus could not be learnt: all down',
    });
    const taken = judge(silent, { onFault: 'accept' });
    expect(taken.verdict.kind).to.equal('accept');
    expect(taken.findings[0]).to.include({ missing: true });
  });
});
