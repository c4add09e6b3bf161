import { X509Certificate } from 'node:crypto';
import { createSecureContext } from 'node:tls';
import { describe, it } from 'mocha';
import { expect } from 'chai';
import { selfSigned } from '@mailpair/shared/platform/tls/self-signed';

describe('a self-signed certificate', () => {
  it('stands for the names and addresses it was made for, and for no other', async () => {
    const { cert } = await selfSigned(['mx.example.com', '192.0.2.1']);
    const certificate = new X509Certificate(cert);
    expect(certificate.checkHost('mx.example.com')).to.equal('mx.example.com');
    expect(certificate.checkIP('192.0.2.1')).to.equal('192.0.2.1');
    expect(certificate.checkHost('other.example.com')).to.equal(undefined);
  });

  it('stands for names and addresses of any length', async () => {
    const long = `${'a'.repeat(60)}.${'b'.repeat(60)}.example.com`;
    const certificate = new X509Certificate((await selfSigned([long, '2001:db8::1'])).cert);
    expect(certificate.checkHost(long)).to.equal(long);
    expect(certificate.checkIP('2001:db8::1')).to.equal('2001:db8::1');
  });

  it('is good for a TLS server, and for nothing else', async () => {
    const certificate = new X509Certificate((await selfSigned(['mx.example.com'])).cert);
    expect(certificate.ca).to.equal(false);
    expect(certificate.keyUsage).to.deep.equal(['1.3.6.1.5.5.7.3.1']);
    expect(certificate.verify(certificate.publicKey)).to.equal(true);
    expect(certificate.subject).to.equal('CN=mx.example.com');
  });

  it('comes with the key it belongs to', async () => {
    const { cert, key } = await selfSigned(['mx.example.com']);
    expect(() => createSecureContext({ cert, key })).not.to.throw();
  });

  it('is valid now and for most of a year', async () => {
    const { validFromDate, validToDate } = new X509Certificate((await selfSigned(['mx.example.com'])).cert);
    expect(validFromDate.getTime()).to.be.at.most(Date.now());
    expect(validToDate.getTime()).to.be.above(Date.now() + 300 * 86_400_000);
  });
});
