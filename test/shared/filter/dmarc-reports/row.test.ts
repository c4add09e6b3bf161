import { expect } from 'chai';
import { describe, it } from 'mocha';
import { rowOf } from '@mailpair/shared/filter/dmarc-reports/row';
import type { Finding } from '@mailpair/shared/filter/contract/verdict';
import { authenticated } from '../dkim-dmarc-arc/authentications.ts';

const published = {
  domain: 'sender.test',
  p: 'reject',
  adkim: 'r',
  aspf: 'r',
  rua: 'mailto:r@sender.test',
} as const;
const failing = { dmarc: { result: 'fail', policy: 'reject', published } } as const;
const refused: Finding = { rule: 'dmarc.reject', score: 2, evidence: '', verdict: 'reject' };

describe('a row of a report', () => {
  it('says what was proven, and what was done', () => {
    const row = rowOf(
      authenticated({
        spf: { result: 'fail' },
        dmarc: { result: 'pass', policy: 'reject', aligned: ['dkim'], published },
        dkim: [{ domain: 'sender.test', selector: 's1' }],
      }),
      [],
      true,
    );
    expect(row).to.deep.equal({
      published,
      source: '192.0.2.7',
      disposition: 'none',
      dkim: 'pass',
      spf: 'fail',
      headerFrom: 'sender.test',
      dkimResults: [{ domain: 'sender.test', selector: 's1', result: 'pass' }],
      spfResult: { domain: 'sender.test', scope: 'mfrom', result: 'fail' },
    });
  });

  it('says why the policy was not followed', () => {
    expect(rowOf(authenticated(failing), [refused], true)).to.deep.include({ disposition: 'reject' });
    expect(rowOf(authenticated(failing), [refused], true)).to.not.have.property('override');
    expect(rowOf(authenticated(failing), [refused], false)).to.deep.include({
      disposition: 'none',
      override: { type: 'local_policy', comment: '' },
    });
    const milder: Finding = { ...refused, verdict: 'quarantine' };
    expect(rowOf(authenticated({ ...failing, list: 'talk.test' }), [milder], true)).to.deep.include({
      disposition: 'quarantine',
      override: { type: 'mailing_list', comment: 'talk.test' },
    });
    const vouched: Finding = { rule: 'dmarc.vouched', score: 0, evidence: '192.0.2.7 is a known forwarder' };
    expect(rowOf(authenticated(failing), [vouched], true)).to.deep.include({
      override: { type: 'trusted_forwarder', comment: '192.0.2.7 is a known forwarder' },
    });
  });

  it('is not made of mail whose domain wants no reports, nor of what could not be learnt', () => {
    const { rua: _, ...silent } = published;
    expect(rowOf(authenticated({ dmarc: { result: 'pass', published: silent } }), [], true)).to.equal(
      undefined,
    );
    expect(rowOf(authenticated({ dmarc: { result: 'temperror', published } }), [], true)).to.equal(undefined);
    expect(rowOf(authenticated(), [], true)).to.equal(undefined);
  });
});
