import { expect } from 'chai';
import { describe, it } from 'mocha';
import { heloCheck, type HeloRules } from '@mailpair/shared/filter/client-name/helo-check';
import type { HeloName } from '@mailpair/shared/filter/client-name/facts';
import type { Finding } from '@mailpair/shared/filter/contract/verdict';
import { factsWith } from '../../../support/inquiries.ts';

const rules: HeloRules = {
  ownNames: ['mx-in.example.com', 'mx-out.example.com'],
  ownAddresses: ['192.0.2.10', '2001:db8::10'],
  hostedDomains: ['example.com'],
  refuseOurName: true,
  scores: { ourName: 5, hostedName: 3, wrongAddress: 2, bareWord: 1.5, unknownName: 1 },
};
const CLIENT = '198.51.100.7';

const judge = (value: HeloName, client = CLIENT, more: Partial<HeloRules> = {}): readonly Finding[] =>
  heloCheck({ ...rules, ...more }).judge(factsWith({ heloName: value }, client));
const rulesOf = (value: HeloName, client?: string): [string, number][] =>
  judge(value, client).map(({ rule, score }) => [rule, score]);

describe('the check of HELO', () => {
  for (const [what, value, found] of [
    ['its own name', { helo: 'mail.sender.test', addresses: [CLIENT] }, []],
    [
      'a name with another address, which RFC 5321 lets pass',
      { helo: 'a.sender.test', addresses: ['192.0.2.1'] },
      [],
    ],
    ['its own address as a literal', { helo: `[${CLIENT}]`, literal: CLIENT }, []],
    ['its own address without brackets', { helo: CLIENT, literal: CLIENT }, [['helo.no-brackets', 1]]],
    ["another's address", { helo: '[192.0.2.77]', literal: '192.0.2.77' }, [['helo.wrong-address', 2]]],
    ['a bare word', { helo: 'localhost' }, [['helo.bare-word', 1.5]]],
    ['a name without an address', { helo: 'nobody.test', addresses: [] }, [['helo.unknown-name', 1]]],
    ['a hosted domain', { helo: 'EXAMPLE.com', addresses: ['192.0.2.80'] }, [['helo.hosted-name', 3]]],
    ['a hosted domain that has its address', { helo: 'example.com', addresses: [CLIENT] }, []],
    ['nothing yet', { helo: '' }, []],
  ] as const)
    it(`of a client that says ${what}: ${found.map(([rule]) => rule).join() || 'nothing'}`, () => {
      expect(rulesOf(value)).to.deep.equal(found);
    });

  for (const value of [
    { helo: 'MX-in.example.com', addresses: ['192.0.2.10'] },
    { helo: 'mx-out.example.com', addresses: [] },
    { helo: '[192.0.2.10]', literal: '192.0.2.10' },
    { helo: '192.0.2.10', literal: '192.0.2.10' },
    { helo: '[IPv6:2001:db8::10]', literal: '2001:db8::10' },
  ])
    it(`refuses a stranger that claims to be ${value.helo}`, () => {
      const [finding] = judge(value);
      expect(finding).to.deep.include({ rule: 'helo.our-name', verdict: 'reject' });
      expect(finding?.reply).to.include({ code: 550, enhanced: '5.7.1' });
    });

  it('refuses nobody who really has our name', () => {
    expect(rulesOf({ helo: 'mx-in.example.com', addresses: ['192.0.2.10'] }, '192.0.2.10')).to.deep.equal([]);
    expect(rulesOf({ helo: 'mx-out.example.com', addresses: ['192.0.2.10'] }, '192.0.2.10')).to.deep.equal(
      [],
    );
    expect(rulesOf({ helo: 'mx-in.example.com', addresses: [CLIENT] })).to.deep.equal([]);
  });

  it('refuses nobody by our name while DNS does not say whose it is, and where that is switched off', () => {
    const [doubtful] = judge({ helo: 'mx-in.example.com', doubt: 'ESERVFAIL' });
    expect(doubtful).to.include({ rule: 'helo.our-name', score: 5 }).and.not.have.property('verdict');
    const [taken] = judge({ helo: 'mx-in.example.com', addresses: [] }, CLIENT, { refuseOurName: false });
    expect(taken).to.include({ rule: 'helo.our-name', score: 5 }).and.not.have.property('verdict');
  });

  it('says that a name could not be looked up, and counts nothing for it', () => {
    expect(judge({ helo: 'mail.sender.test', doubt: 'ESERVFAIL' })).to.deep.equal([
      {
        rule: 'helo.fault',
        score: 0,
        evidence: 'addresses of mail.sender.test could not be learnt: ESERVFAIL',
        missing: true,
      },
    ]);
  });

  it('is passed over for clients of this site, of which it was not asked', () => {
    expect(heloCheck(rules).needs).to.deep.equal(['heloName']);
  });
});
