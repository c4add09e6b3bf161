import { X509Certificate } from 'node:crypto';
import {
  authorityCertificate,
  issueCredentials,
  trustedFor,
} from '@mailpair/shared/platform/http/http-authority';
import { expect } from 'chai';
import { describe, it } from 'mocha';

const read = (pem: string): X509Certificate => new X509Certificate(pem);

describe('the authority for the HTTP listener of a node', () => {
  const secret = 'the secret of the pair';
  const node = 'mx-in.example.com';
  const authority = read(authorityCertificate(secret, node));

  it('has the same key wherever the secret is known, and another for each node and secret', () => {
    const keyOf = (...of: [string, string]): string =>
      read(authorityCertificate(...of))
        .publicKey.export({ type: 'spki', format: 'pem' })
        .toString();
    const key = keyOf(secret, node);
    expect(keyOf(secret, node)).to.equal(key);
    expect(keyOf(secret, 'mx-out.example.com')).not.to.equal(key);
    expect(keyOf('another secret', node)).not.to.equal(key);
  });

  it('vouches for the key of the listener, which is new each time', () => {
    const names = [node, '10.0.0.2', '2001:db8::2'];
    const [first, second] = [issueCredentials(secret, node, names), issueCredentials(secret, node, names)];
    expect(first.key).not.to.equal(second.key);
    for (const { cert } of [first, second]) {
      const certificate = read(cert);
      expect(certificate.verify(authority.publicKey)).to.equal(true);
      expect(certificate.checkIssued(authority)).to.equal(true);
      expect(certificate.ca).to.equal(false);
      expect(certificate.checkHost(node)).to.equal(node);
      expect(certificate.checkIP('2001:db8::2')).to.equal('2001:db8::2');
      expect(certificate.checkHost('evil.example')).to.equal(undefined);
    }
    expect(authority.ca).to.equal(true);
  });

  it('vouches for no key that another secret or another node signed', () => {
    for (const { cert } of [
      issueCredentials('another secret', node, [node]),
      issueCredentials(secret, 'mx-out.example.com', [node]),
    ])
      expect(read(cert).verify(authority.publicKey)).to.equal(false);
  });

  it('is valid whatever the clock of a host says, so that a wrong one can be reported', () => {
    for (const { validFrom, validTo } of [authority, read(issueCredentials(secret, node, [node]).cert)]) {
      expect(new Date(validFrom).getUTCFullYear()).to.equal(2020);
      expect(new Date(validTo).getUTCFullYear()).to.equal(2049);
    }
  });

  it('is trusted by every secret of the pair, beside the authority of a proxy', () => {
    const subjects = trustedFor(node, [secret, 'another secret'], 'proxy');
    expect(subjects).to.have.length(3);
    expect(subjects[2]).to.equal('proxy');
    expect(trustedFor(node, [], null)).to.deep.equal([]);
  });
});
