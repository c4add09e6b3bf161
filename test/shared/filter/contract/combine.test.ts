import { combine, findingsOf } from '@mailpair/shared/filter/contract/combine';
import type { Thresholds } from '@mailpair/shared/filter/contract/thresholds';
import type { Check } from '@mailpair/shared/filter/contract/check';
import type { Facts } from '@mailpair/shared/filter/contract/facts';
import { replies } from '@mailpair/shared/platform/values/reply';
import type { Finding } from '@mailpair/shared/filter/contract/verdict';
import { expect } from 'chai';
import fc from 'fast-check';
import { describe, it } from 'mocha';

const thresholds: Thresholds = { tagAt: 4, quarantineAt: 7, rejectAt: 12 };
const finding = (rule: string, score: number, more: Partial<Finding> = {}): Finding => ({
  rule,
  score,
  evidence: `${rule} was seen`,
  ...more,
});
const kindOf = (findings: readonly Finding[], by = thresholds): string => combine(findings, by).verdict.kind;

describe('the verdict', () => {
  it('follows from the sum of the scores', () => {
    const of = (...scores: number[]): string => kindOf(scores.map((score, i) => finding(`r${i}`, score)));
    expect(of()).to.equal('accept');
    expect(of(2, 1.9)).to.equal('accept');
    expect(of(2, 2)).to.equal('tag');
    expect(of(5, 2)).to.equal('quarantine');
    expect(of(5, 5, 2)).to.equal('reject');
    expect(of(15, -4)).to.equal('quarantine');
  });

  it('adds tenths without the crumbs of binary fractions', () => {
    expect(combine([finding('a', 0.1), finding('b', 0.2)], thresholds).score).to.equal(0.3);
  });

  it('never follows from a score where the threshold is null', () => {
    expect(kindOf([finding('a', 99)], { tagAt: null, quarantineAt: null, rejectAt: null })).to.equal(
      'accept',
    );
  });

  it('is what a finding names, with its reply and its evidence', () => {
    const reply = replies.loop(101);
    const { verdict } = combine([finding('loop', 0, { verdict: 'reject', reply })], thresholds);
    expect(verdict).to.deep.equal({ kind: 'reject', reason: 'loop: loop was seen', reply });
  });

  it('is the strictest of those that are named', () => {
    const kinds = ['hold', 'quarantine', 'discard', 'defer', 'reject'] as const;
    for (let count = 1; count <= kinds.length; count += 1) {
      const named = kinds.slice(0, count).map((verdict) => finding(verdict, 0, { verdict }));
      expect(kindOf(named)).to.equal(kinds[count - 1]);
    }
  });

  it('is that of the score where a finding names a milder one, and says so', () => {
    const disguised = finding('attachments', 8.5, { verdict: 'quarantine' });
    expect(combine([disguised], { ...thresholds, rejectAt: 8 }).verdict).to.deep.equal({
      kind: 'reject',
      reason: 'score 8.5',
      reply: replies.spam,
    });
    expect(combine([disguised], thresholds).verdict).to.deep.equal({
      kind: 'quarantine',
      reason: 'attachments: attachments was seen',
    });
  });

  it('is defer where a check that must not be missed could not run, whatever the score is', () => {
    const missed = finding('virus.fault', 0, { verdict: 'defer', missing: true, firm: true });
    expect(kindOf([missed, finding('spam', 50)])).to.equal('defer');
    expect(kindOf([missed, finding('greylist', 0, { verdict: 'defer' }), finding('spam', 50)])).to.equal(
      'defer',
    );
    expect(kindOf([missed, finding('listed', 0, { verdict: 'reject' })])).to.equal('reject');
    expect(kindOf([finding('greylist', 0, { verdict: 'defer' }), finding('spam', 50)])).to.equal('reject');
  });

  it('is never milder than what a finding names or the score asks for, but for what allows and what was missed', () => {
    const kinds = ['reject', 'defer', 'discard', 'quarantine', 'hold', 'tag', 'accept'];
    const strictness = (kind: string): number => -kinds.indexOf(kind);
    const threshold = fc.option(fc.integer({ min: 0, max: 20 }), { nil: null });
    fc.assert(
      fc.property(
        fc.array(
          fc.record({
            score: fc.integer({ min: -10, max: 20 }),
            verdict: fc.constantFrom('defer', 'reject', 'quarantine', 'hold', 'discard', undefined),
            firm: fc.boolean(),
            missing: fc.boolean(),
          }),
          { maxLength: 4 },
        ),
        fc.record({ tagAt: threshold, quarantineAt: threshold, rejectAt: threshold }),
        (all, by) => {
          const findings = all.map(({ score, verdict, firm, missing }) =>
            finding('r', score, {
              ...(verdict && { verdict }),
              ...(firm && { firm }),
              ...(missing && { missing }),
            }),
          );
          const settled = strictness(kindOf(findings, by));
          for (const { verdict } of findings) expect(settled).to.be.at.least(strictness(verdict ?? 'accept'));
          if (findings.some(({ verdict, missing }) => verdict === 'defer' && missing)) return;
          const scored = kindOf(
            findings.map(({ score }) => finding('r', score)),
            by,
          );
          expect(settled).to.be.at.least(strictness(scored));
        },
      ),
      { numRuns: 2_000 },
    );
  });

  it('is accept where a finding allows, but for what is firm', () => {
    const allow = finding('policy.allow', 0, { verdict: 'allow' });
    expect(kindOf([allow, finding('spam', 50), finding('listed', 0, { verdict: 'reject' })])).to.equal(
      'accept',
    );
    expect(kindOf([allow, finding('virus', 0, { verdict: 'reject', firm: true })])).to.equal('reject');
  });

  it('has a reply exactly where the client is not told 250', () => {
    const verdicts = fc.constantFrom('allow', 'defer', 'reject', 'quarantine', 'hold', 'discard', undefined);
    const findings = fc.array(
      fc.record({
        score: fc.double({ min: -20, max: 20, noNaN: true }),
        verdict: verdicts,
        firm: fc.boolean(),
      }),
    );
    fc.assert(
      fc.property(findings, (all) => {
        const { verdict } = combine(
          all.map(({ score, verdict: named, firm }) =>
            finding('r', score, { ...(named && { verdict: named }), ...(firm && { firm }) }),
          ),
          thresholds,
        );
        expect('reply' in verdict).to.equal(verdict.kind === 'reject' || verdict.kind === 'defer');
        if ('reply' in verdict) expect(verdict.reply.code >= 500).to.equal(verdict.kind === 'reject');
      }),
    );
  });
});

describe('the findings of checks', () => {
  interface Answers {
    readonly answers: string;
  }
  const check = (more: Partial<Check<Answers>>): Check<Answers> => ({
    name: 'lists',
    stage: 'message',
    roles: ['mx'],
    needs: [],
    onFault: 'accept',
    judge: () => [finding('lists.seen', 1)],
    ...more,
  });
  const facts = (learnt: object, role: Facts['role'] = 'mx') => ({ role, learnt }) as Facts<Answers>;
  const needs = ['answers'] as const;
  const rules = (found: readonly Finding[]): string[] => found.map(({ rule }) => rule);

  it('are those of the stage and the listener', () => {
    const checks = [check({}), check({ stage: 'rcpt' }), check({ roles: ['submission'] })];
    expect(findingsOf(facts({}), 'message', checks)).to.have.length(1);
    expect(findingsOf(facts({}, 'submission'), 'rcpt', checks)).to.have.length(0);
  });

  it('are known to the checks after it, those at RCPT too', () => {
    const known: string[][] = [];
    const note = (stage: Check['stage'], rule: string): Check<Answers> =>
      check({
        stage,
        judge: (_, found = []) => {
          known.push(rules(found));
          return [finding(rule, 1)];
        },
      });
    const checks = [note('message', 'b'), note('rcpt', 'a'), note('message', 'c')];
    const atRcpt = findingsOf(facts({}), 'rcpt', checks);
    expect(rules(findingsOf(facts({}), 'message', checks, atRcpt))).to.deep.equal(['a', 'b', 'c']);
    expect(known).to.deep.equal([[], ['a'], ['a', 'b']]);
  });

  it('are none where what it needs was not asked for', () => {
    expect(findingsOf(facts({}), 'message', [check({ needs })])).to.deep.equal([]);
  });

  it('say so where what it needs could not be learnt, and defer only where asked to', () => {
    const fault = facts({ answers: { kind: 'fault', reason: 'no answer', tookMs: 1 } });
    const found = findingsOf(fault, 'message', [check({ needs })]);
    expect(found).to.deep.equal([
      { rule: 'lists.fault', score: 0, evidence: 'answers could not be learnt: no answer', missing: true },
    ]);
    expect(kindOf(found)).to.equal('accept');
    const strict = findingsOf(fault, 'message', [check({ needs, onFault: 'defer' })]);
    expect(combine(strict, thresholds).verdict).to.include({ kind: 'defer', reply: replies.notChecked });
    expect(rules(strict)).to.deep.equal(['lists.fault']);
  });
});
