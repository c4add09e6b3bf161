import { expect } from 'chai';
import { describe, it } from 'mocha';
import { dmarcCheck, type DmarcRules } from '@mailpair/shared/filter/dkim-dmarc-arc/dmarc-check';
import type { Vouchers } from '@mailpair/shared/filter/dkim-dmarc-arc/vouching';
import { undecidedAuthors } from '@mailpair/shared/filter/dkim-dmarc-arc/facts';
import type { Finding } from '@mailpair/shared/filter/contract/verdict';
import { authenticated, nobody, type Authenticated } from './authentications.ts';

const usual: DmarcRules = { obey: true, onFault: 'accept', lists: 'quarantine', fail: 2, noDomain: 3 };

function found(
  told: Authenticated,
  rules: Partial<DmarcRules> = {},
  vouchers: Vouchers = nobody,
): Finding | undefined {
  const findings = dmarcCheck({ ...usual, ...rules }, vouchers).judge(authenticated(told));
  expect(findings).to.have.length.at.most(1);
  return findings[0];
}

const failing = { dmarc: { result: 'fail', policy: 'reject' } } as const;

describe('the check of DMARC', () => {
  it('does what the domain asks for', () => {
    const refused = found(failing);
    expect(refused).to.deep.include({ rule: 'dmarc.reject', verdict: 'reject' });
    expect(refused?.reply).to.include({ code: 550, enhanced: '5.7.26' });
    expect(refused?.reply?.text).to.include('sender.test');
    expect(found({ dmarc: { result: 'fail', policy: 'quarantine' } })).to.include({ verdict: 'quarantine' });
    const none = found({ dmarc: { result: 'fail', policy: 'none' } });
    expect(none).to.include({ rule: 'dmarc.none', score: 2 });
    expect(none).to.not.have.property('verdict');
    expect(found({ dmarc: { result: 'pass', policy: 'reject' } })).to.equal(undefined);
    expect(found({ dmarc: { result: 'none' } })).to.equal(undefined);
  });

  it('only counts where it is not obeyed', () => {
    const finding = found(failing, { obey: false });
    expect(finding).to.include({ rule: 'dmarc.reject', score: 2 });
    expect(finding).to.not.have.property('verdict');
    expect(found(failing, { obey: false, fail: 0 })).to.equal(undefined);
  });

  it('is milder with what has the signs of a mailing list, as configured', () => {
    const listed = { ...failing, list: 'talk.lists.test' };
    const milder = found(listed);
    expect(milder).to.include({ verdict: 'quarantine' });
    expect(milder?.evidence).to.include('milder for the signs of a mailing list');
    expect(found(listed, { lists: 'obey' })).to.include({ verdict: 'reject' });
    expect(found(listed, { lists: 'score' })).to.include({ verdict: 'quarantine' });
    for (const domain of ['lists.test', 'talk.lists.test'])
      for (const proof of [{ spf: { result: 'pass', domain } }, { dkim: [{ domain }] }] as const)
        expect(found({ ...listed, ...proof }, { lists: 'score' })).to.not.have.property('verdict');
    for (const domain of ['test', 'other.test', 'x.talk.lists.test'])
      expect(found({ ...listed, dkim: [{ domain }] }, { lists: 'score' })).to.include({
        verdict: 'quarantine',
      });
    const mild = { dmarc: { result: 'fail', policy: 'none' }, list: 'talk.lists.test' } as const;
    expect(found(mild)).to.not.have.property('verdict');
  });

  it('lets a known forwarder pass what fails for it', () => {
    expect(found(failing, {}, { ...nobody, isForwarder: () => true })).to.include({
      rule: 'dmarc.vouched',
      score: 0,
    });
    const bySpf = { ...nobody, forwarderDomains: ['forwarder.test'] };
    const forwarded = { ...failing, spf: { result: 'pass', domain: 'srs.forwarder.test' } } as const;
    expect(found(forwarded, {}, bySpf)).to.include({ rule: 'dmarc.vouched' });
    const claimed = { ...failing, spf: { result: 'softfail', domain: 'forwarder.test' } } as const;
    expect(found(claimed, {}, bySpf)).to.include({ verdict: 'reject' });
  });

  describe('with seals', () => {
    const believed = { ...nobody, sealers: ['lists.test'] };
    const saw = 'i=1; lists.test; spf=fail; dmarc=pass (p=reject) header.from=sender.test';
    const sealed = (arc: Authenticated['arc']): Authenticated => ({
      ...failing,
      arc: { result: 'pass', sealers: ['lists.test'], saw: [saw], ...arc },
    });

    it('believes who saw it pass', () => {
      expect(found(sealed({}), {}, believed)).to.include({
        rule: 'dmarc.vouched',
        evidence: 'lists.test saw it pass DMARC',
      });
    });

    for (const [what, arc] of [
      ['a chain that is broken', { result: 'fail' }],
      ['a sealer that is not believed', { sealers: ['other.test'] }],
      [
        'one that is not believed and sealed it since',
        { sealers: ['lists.test', 'other.test'], saw: [saw, 'i=2; x'] },
      ],
      ['what was seen of another domain', { saw: [saw.replace('sender.test', 'else.test')] }],
      ['what was seen to fail', { saw: [saw.replace('dmarc=pass', 'dmarc=fail')] }],
      [
        'what stands in nested comments',
        { saw: ['i=1; lists.test; spf=fail (a (b); dmarc=pass); dmarc=fail'] },
      ],
      ['what stands in quotes', { saw: ['i=1; lists.test; spf=fail reason="; dmarc=pass"; dmarc=fail'] }],
      ['what stands in a comment', { saw: ['i=1; lists.test; spf=fail (; dmarc=pass); dmarc=fail'] }],
    ] as const)
      it(`does not believe ${what}`, () => {
        expect(found(sealed(arc), {}, believed)).to.include({ verdict: 'reject' });
      });
  });

  it('never takes for failed what could not be learnt', () => {
    const inDoubt = { dmarc: { result: 'temperror', reason: 'SERVFAIL' } } as const;
    expect(found(inDoubt)).to.include({ rule: 'dmarc.fault', missing: true, score: 0 });
    expect(found(inDoubt)).to.not.have.property('verdict');
    expect(found(inDoubt, { onFault: 'defer' })).to.include({ verdict: 'defer' });
  });

  for (const reason of undecidedAuthors)
    it(`keeps back what nobody can say the author of: ${reason}`, () => {
      const hidden = { dmarc: { result: 'permerror', domain: '', reason } } as const;
      expect(found(hidden)).to.include({ rule: 'dmarc.no-domain', verdict: 'quarantine' });
      expect(found(hidden, { noDomain: 0 })).to.include({ verdict: 'quarantine' });
      expect(found(hidden, { obey: false })).to.not.have.property('verdict');
      expect(found(hidden, {}, { ...nobody, isForwarder: () => true })).to.not.have.property('verdict');
    });

  it('counts a From that names not one domain', () => {
    expect(found({ dmarc: { result: 'permerror', domain: '', reason: 'no-author-domain' } })).to.deep.equal({
      rule: 'dmarc.no-domain',
      score: 3,
      evidence: 'From does not say which domain to ask: no-author-domain',
    });
  });
});
