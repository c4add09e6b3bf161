import { createPublicKey, generateKeyPairSync } from 'node:crypto';
import { expect } from 'chai';
import fc from 'fast-check';
import { describe, it } from 'mocha';
import { composeDkimRecord, judgeDkimTexts, parseDkimRecord } from '@mailpair/shared/dns-records/dkim-record';
import { composeDmarcRecord, isDmarcRecord } from '@mailpair/shared/dns-records/dmarc-record';
import { composeMtaStsRecord, composePolicy, isMtaStsRecord } from '@mailpair/shared/dns-records/mta-sts';
import { parsePolicy, policyId, policyNames } from '@mailpair/shared/dns-records/mta-sts';
import type { MtaStsMode } from '@mailpair/shared/dns-records/mta-sts';
import { parseTagList } from '@mailpair/shared/dns-records/tag-list';
import { composeTlsRptRecord, isTlsRptRecord } from '@mailpair/shared/dns-records/tls-rpt-record';
import { areRelatedDomains, isWithinDomain } from '@mailpair/shared/platform/values/address';

describe('records in DNS', () => {
  const record = composeDkimRecord(createPublicKey(generateKeyPairSync('ed25519').privateKey));
  const other = composeDkimRecord(createPublicKey(generateKeyPairSync('ed25519').privateKey));

  it('a policy that is composed reads as it was meant', () => {
    const host = fc.domain().map((name) => name.toLowerCase());
    fc.assert(
      fc.property(
        fc.constantFrom<MtaStsMode>('none', 'testing', 'enforce'),
        fc.array(host, { minLength: 1 }),
        fc.nat(),
        (mode, mx, maxAge) => {
          const read = parsePolicy(composePolicy({ mode, mx, maxAge }));
          expect(read).to.deep.equal({ mode, mx, maxAge });
          expect(mx.every((name) => policyNames({ mx }, name))).to.equal(true);
        },
      ),
    );
  });

  it('a policy without what it must have is none', () => {
    const text = composePolicy({ mode: 'enforce', mx: ['mx.example.com'], maxAge: 60 });
    for (const field of ['version', 'mode', 'mx', 'max_age'])
      expect(parsePolicy(text.replace(`${field}:`, `x${field}:`)), field).to.equal(undefined);
    expect(parsePolicy(text.replace('enforce', 'always'))).to.equal(undefined);
  });

  it('a star in a policy is one label', () => {
    const named = (host: string): boolean => policyNames({ mx: ['*.example.com'] }, host);
    expect(['mx.example.com', 'a.mx.example.com', 'example.com'].map(named)).to.deep.equal([
      true,
      false,
      false,
    ]);
  });

  for (const [what, texts, kind] of [
    ['itself', [record], 'visible'],
    ['itself beside another text', ['google-site-verification=x', record], 'visible'],
    ['itself with spaces', [record.replaceAll(';', ' ; ')], 'visible'],
    ['itself without its version', [record.replace('v=DKIM1; ', '')], 'visible'],
    ['nothing', [], 'missing'],
    ['a text that is none', ['hello'], 'missing'],
    ['another key', [other], 'other'],
    ['a revoked key', ['v=DKIM1; k=ed25519; p='], 'other'],
    ['two records', [record, record], 'other'],
  ] as const)
    it(`where DNS shows ${what}, the key is ${kind}`, () => {
      expect(judgeDkimTexts(record, texts).kind).to.equal(kind);
    });

  it('an RSA key need not say so', () => {
    expect(parseDkimRecord('p=MIGf').get('k')).to.equal('rsa');
    expect(parseDkimRecord('v=DMARC1; p=none').has('k')).to.equal(false);
  });

  it('what is composed is known for what it is', () => {
    const rua = ['mailto:reports@example.com', 'mailto:others@example.net'];
    expect(isDmarcRecord(composeDmarcRecord({ policy: 'none', rua }))).to.equal(true);
    expect(parseTagList(composeDmarcRecord({ policy: 'reject', rua })).get('rua')).to.equal(rua.join(','));
    expect(isTlsRptRecord(composeTlsRptRecord(rua))).to.equal(true);
    expect(isMtaStsRecord(composeMtaStsRecord(policyId('text')))).to.equal(true);
  });

  it('a domain lies within itself and those above it, and not within one that only ends alike', () => {
    expect(isWithinDomain('example.com', 'example.com')).to.equal(true);
    expect(isWithinDomain('a.b.example.com', 'example.com')).to.equal(true);
    expect(isWithinDomain('badexample.com', 'example.com')).to.equal(false);
    expect(isWithinDomain('example.com', 'a.example.com')).to.equal(false);
    expect(areRelatedDomains('example.com', 'a.example.com')).to.equal(true);
    expect(areRelatedDomains('b.example.com', 'a.example.com')).to.equal(false);
  });
});
