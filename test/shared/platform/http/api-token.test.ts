import { mkdtempSync, readFileSync, rmSync, statSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { authorityPath, keepAuthority, keepToken } from '@mailpair/shared/platform/http/api-token';
import { authorityCertificate } from '@mailpair/shared/platform/http/http-authority';
import { expect } from 'chai';
import { afterEach, beforeEach, describe, it } from 'mocha';

describe('what programs of this host need to ask a gateway', () => {
  let spool: string;
  beforeEach(() => {
    spool = mkdtempSync(join(tmpdir(), 'mailpair-api-token-'));
  });
  afterEach(() => rmSync(spool, { recursive: true }));
  const authority = (secret: string): string => authorityCertificate(secret, 'mx-in.example.com');
  const kept = (): string => readFileSync(authorityPath(spool), 'utf8');

  it('is a token, made once, for the owner of the spool alone', () => {
    const token = keepToken(spool);
    expect(keepToken(spool)).to.equal(token);
    expect(statSync(join(spool, 'api-token')).mode & 0o777).to.equal(0o600);
  });

  it('is the authority of the listener, written anew when its keys are others', () => {
    const first = authority('old');
    keepAuthority(spool, first);
    keepAuthority(spool, authority('old'));
    expect(kept(), 'the same keys').to.equal(first);
    const both = authority('new') + first;
    keepAuthority(spool, both);
    expect(kept()).to.equal(both);
    writeFileSync(authorityPath(spool), 'something else');
    keepAuthority(spool, first);
    expect(kept()).to.equal(first);
  });

  it('is not written through a link', () => {
    const elsewhere = join(spool, 'elsewhere');
    writeFileSync(elsewhere, 'of somebody else');
    symlinkSync(elsewhere, authorityPath(spool));
    keepAuthority(spool, authority('old'));
    expect(readFileSync(elsewhere, 'utf8')).to.equal('of somebody else');
    expect(kept()).to.match(/^-----BEGIN CERTIFICATE/);
  });
});
