import { expect } from 'chai';
import { describe, it } from 'mocha';
import { contentCheck, type ContentRules } from '@mailpair/shared/filter/content/check';
import { findingsOf } from '@mailpair/shared/filter/contract/combine';
import type { ContentFacts } from '@mailpair/shared/platform/values/content';
import { contentFaults } from '@mailpair/shared/platform/values/content-faults';
import { factsWith } from '../../../support/inquiries.ts';

const rules: ContentRules = { scores: contentFaults, refuse: [], onFault: 'accept' };
const content = (more: Partial<ContentFacts>): ContentFacts => ({
  faults: [],
  from: [],
  subject: '',
  messageId: '',
  attachments: [],
  unread: [],
  ...more,
});
const judge = (more: Partial<ContentFacts>, by: Partial<ContentRules> = {}) =>
  contentCheck({ ...rules, ...by }).judge(factsWith({ content: content(more) }));

describe('the check of a message and its form', () => {
  const faults = [
    { fault: 'duplicate-from', evidence: 'from' },
    { fault: 'no-date', evidence: 'no\u0007Date' },
    { fault: 'of a later version', evidence: 'x' },
  ];

  it('finds nothing in a sound one', () => {
    expect(judge({})).to.deep.equal([]);
  });

  it('counts each fault it knows, and says it on one line', () => {
    expect(judge({ faults })).to.deep.equal([
      { rule: 'content.duplicate-from', score: 4, evidence: 'from' },
      { rule: 'content.no-date', score: 1, evidence: 'no\\u0007Date' },
    ]);
    expect(judge({ faults }, { scores: { ...contentFaults, 'no-date': 0 } })).to.have.length(1);
  });

  it('refuses for what the operator named, whoever sends it', () => {
    const [finding] = judge({ faults }, { refuse: ['duplicate-from'] });
    expect(finding).to.deep.include({ verdict: 'reject', firm: true });
    expect(finding?.reply).to.include({ code: 554, text: 'The message is malformed: duplicate from' });
  });

  it('says what was not looked at', () => {
    expect(judge({ unread: ['parts after 500'] })).to.deep.equal([
      { rule: 'content.unread', score: 0, evidence: 'not looked at: parts after 500', missing: true },
    ]);
  });

  it('says that it could not be read, and defers where told to', () => {
    const facts = {
      ...factsWith({}),
      learnt: { content: { kind: 'fault', reason: 'no time', tookMs: 1 } },
    } as const;
    const [defers] = findingsOf(facts, 'message', [contentCheck({ ...rules, onFault: 'defer' })]);
    expect(defers).to.include({ rule: 'content.fault', verdict: 'defer', missing: true });
    const [goesOn] = findingsOf(facts, 'message', [contentCheck(rules)]);
    expect(goesOn).to.include({ missing: true }).and.not.have.property('verdict');
  });
});
