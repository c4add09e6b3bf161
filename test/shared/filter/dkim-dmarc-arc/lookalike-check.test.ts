import { expect } from 'chai';
import { describe, it } from 'mocha';
import { lookalikeCheck } from '@mailpair/shared/filter/dkim-dmarc-arc/lookalike-check';
import { authenticated } from './authentications.ts';

const rules = { domain: 3, name: 2, otherAddress: 1, except: ['example.co'] };

function rulesOf(address: string, name = '', list?: string): string[] {
  const facts = authenticated({ from: [{ name, address }], ...(list !== undefined && { list }) });
  return lookalikeCheck(rules, ['example.com', 'ab.org', 'müller.test'])
    .judge(facts)
    .map(({ rule }) => rule);
}

describe('a From that looks like a hosted domain', () => {
  for (const domain of [
    'exarnple.com',
    'examp1e.com',
    'еxample.com',
    'xn--xample-2of.com',
    'éxample.com',
    'exampel.com',
    'examples.com',
    'exmple.com',
    'example.cam',
    'muller.test',
  ])
    it(`is found: ${domain}`, () => {
      expect(rulesOf(`boss@${domain}`)).to.deep.equal(['lookalike.domain']);
    });

  for (const domain of [
    'example.com',
    'mail.example.com',
    'example.co',
    'example.net',
    'sample.com',
    'ac.org',
    'ab.com',
  ])
    it(`is not seen in ${domain}`, () => {
      expect(rulesOf(`boss@${domain}`)).to.deep.equal([]);
    });

  it('is found in the name that is shown', () => {
    expect(rulesOf('x@free.test', 'boss@example.com')).to.deep.equal(['lookalike.name']);
    expect(rulesOf('x@free.test', 'Help desk of EXAMPLE.COM')).to.deep.equal(['lookalike.name']);
    expect(rulesOf('x@free.test', 'pay@bank.test')).to.deep.equal(['lookalike.other-address']);
    expect(rulesOf('x@mail.bank.test', 'pay@bank.test')).to.deep.equal([]);
    expect(rulesOf('boss@example.com', 'boss@example.com')).to.deep.equal([]);
    expect(rulesOf('x@free.test', 'counterexample.com')).to.deep.equal([]);
    expect(rulesOf('talk@lists.test', 'boss@example.com via Talk', 'lists.test')).to.deep.equal([]);
  });
});
