import { expect } from 'chai';
import { describe, it } from 'mocha';
import { earlyTalkerCheck } from '@mailpair/shared/filter/client-name/early-talker-check';
import { factsWith } from '../../../support/inquiries.ts';

describe('the check of who spoke before the greeting', () => {
  const facts = factsWith({});
  const early = { ...facts, client: { ...facts.client, spokeEarly: true as const } };

  it('scores as configured', () => {
    expect(earlyTalkerCheck(3).judge(early)).to.deep.equal([
      { rule: 'early-talker', score: 3, evidence: '192.0.2.7 spoke before it was greeted' },
    ]);
    expect(earlyTalkerCheck(0).judge(early)).to.deep.equal([]);
  });

  it('finds nothing in who waited', () => {
    expect(earlyTalkerCheck(3).judge(facts)).to.deep.equal([]);
  });
});
