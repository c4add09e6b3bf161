import { expect } from 'chai';
import { describe, it } from 'mocha';
import { fault, remark } from '@mailpair/planner/verify/finding';
import { answerOf, formatReport } from '@mailpair/planner/verify/format-report';

const swapped = fault({
  code: 'mx-swapped',
  subject: 'example.com',
  problem: 'They are swapped.',
  why: 'All mail comes in at the backup.',
  fix: 'Swap them.',
  is: ['example.com. 60 IN MX 20 out.', 'example.com. 60 IN MX 30 in.'],
  shouldBe: ['example.com. 60 IN MX 10 in.', 'example.com. 60 IN MX 20 out.'],
});
const small = remark({ code: 'x', subject: 'y', problem: 'P.', why: 'W.', fix: 'F.' });
const unasked = [{ who: 'ns2', why: 'is silent', questions: ['A a', 'A b', 'A c', 'A d'] }];

describe('the report of dns verify', () => {
  it('shows records as a difference, the reason and the fix', () => {
    expect(formatReport({ findings: [swapped], unasked: [] })).to.equal(
      [
        'FAULT mx-swapped: They are swapped.',
        '    example.com. 60 IN MX 20 out.',
        '  - example.com. 60 IN MX 30 in.',
        '  + example.com. 60 IN MX 10 in.',
        '  why: All mail comes in at the backup.',
        '  fix: Swap them.',
        '',
        'What is published is NOT what is planned (1 fault).',
      ].join('\n'),
    );
  });

  it('shows who could not be asked, and a few of the questions', () => {
    expect(formatReport({ findings: [small], unasked })).to.include(
      'NOT KNOWN: ns2 could not be asked: is silent\n  so nothing is known from it of: A a, A b, A c and 1 more',
    );
  });

  it('answers same with remarks only, different with a fault, unknown when somebody was not asked', () => {
    expect(answerOf({ findings: [small], unasked: [] })).to.equal('same');
    expect(answerOf({ findings: [small, swapped], unasked: [] })).to.equal('different');
    expect(answerOf({ findings: [small], unasked })).to.equal('unknown');
    expect(answerOf({ findings: [swapped], unasked })).to.equal('different');
  });
});
