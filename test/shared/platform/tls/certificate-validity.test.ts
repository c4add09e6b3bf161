import { generateKeyPairSync } from 'node:crypto';
import { noticeFrom, standingOf, validityOf } from '@mailpair/shared/platform/tls/certificate-validity';
import { composeCertificate, serverExtensions } from '@mailpair/shared/platform/tls/x509';
import { expect } from 'chai';
import { describe, it } from 'mocha';

const day = 86_400_000;
const start = Date.parse('2026-01-01T00:00:00Z');

function certificate(validFrom: number, validUntil: number): string {
  const { publicKey, privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
  const issuer = { name: 'mx.example.com', privateKey };
  return composeCertificate({
    subject: 'mx.example.com',
    publicKey,
    issuer,
    validFrom,
    validUntil,
    extensions: serverExtensions(['mx.example.com']),
  });
}

describe('the time in which a certificate serves', () => {
  it('is that in which all of its chain are valid', () => {
    const chain = certificate(start, start + 90 * day) + certificate(start + day, start + 60 * day);
    expect(validityOf(chain)).to.deep.equal({ validFrom: start + day, validUntil: start + 60 * day });
  });

  it('is not made of nothing', () => {
    expect(() => validityOf('nonsense')).to.throw();
  });

  it('ends soon from a third of it on, and from 30 days at most', () => {
    const ofDays = (days: number) => ({ validFrom: start, validUntil: start + days * day });
    expect(noticeFrom(ofDays(6))).to.equal(start + 4 * day);
    expect(noticeFrom(ofDays(90))).to.equal(start + 60 * day);
    expect(noticeFrom(ofDays(365))).to.equal(start + 335 * day);
  });

  it('has four standings', () => {
    const validity = { validFrom: start, validUntil: start + 90 * day };
    const standings = [-1, 0, 60 * day - 1, 60 * day, 90 * day, 90 * day + 1].map((after) =>
      standingOf(validity, start + after),
    );
    expect(standings).to.deep.equal(['not yet valid', 'valid', 'valid', 'ends soon', 'ends soon', 'expired']);
  });
});
