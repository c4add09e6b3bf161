/** What this project makes itself of TLS is verified by programs that it did not write. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { openHttp, type HttpListener } from '@mailpair/shared/platform/http/http';
import { Answer } from '@mailpair/shared/platform/http/http-answer';
import { authorityCertificate, issueCredentials } from '@mailpair/shared/platform/http/http-authority';
import { expect } from 'chai';
import { after, before, describe, it } from 'mocha';
import { runCommand } from '../support/commands.ts';
import { needProgram } from './programs.ts';

describe('others verify the HTTP listener', () => {
  const node = 'mx-in.example.com';
  const names = [node, 'localhost', '127.0.0.1', '::1'];
  const credentials = issueCredentials('the secret of the pair', node, names);
  let directory: string;
  let listener: HttpListener;
  let url: string;
  const file = (name: string): string => join(directory, name);

  before(async () => {
    directory = mkdtempSync(join(tmpdir(), 'mailpair-authority-'));
    writeFileSync(file('authority.pem'), authorityCertificate('the secret of the pair', node));
    writeFileSync(file('other.pem'), authorityCertificate('another secret', node));
    writeFileSync(file('leaf.pem'), credentials.cert);
    listener = await openHttp({
      listen: { host: '127.0.0.1', port: 0 },
      credentials: { ...credentials, minVersion: 'TLSv1.2' },
      token: 'secret',
      routes: [{ method: 'GET', path: '/readyz', access: 'public', run: () => new Answer('ready\n') }],
    });
    url = `https://localhost:${listener.address.port}/readyz`;
  });
  after(async () => {
    await listener.close();
    rmSync(directory, { recursive: true });
  });

  it('as OpenSSL does, strictly', async function () {
    const openssl = needProgram(this, 'openssl');
    const verify = (authority: string) =>
      runCommand(openssl, [
        ...['verify', '-x509_strict', '-purpose', 'sslserver', '-verify_hostname', node],
        ...['-no-CApath', '-no-CAstore', '-CAfile', file(authority), file('leaf.pem')],
      ]);
    expect(await verify('authority.pem')).to.include({ code: 0 });
    expect((await verify('other.pem')).code).not.to.equal(0);
  });

  it('as curl does', async function () {
    const curl = needProgram(this, 'curl');
    const get = (authority: string) =>
      runCommand(curl, ['--silent', '--show-error', '--cacert', file(authority), url]);
    expect(await get('authority.pem')).to.include({ code: 0, stdout: 'ready\n' });
    expect((await get('other.pem')).stderr).to.match(/certificate/);
  });

  it('as Python does, strictly', async function () {
    const python = needProgram(this, 'python3');
    const program = `
import ssl, sys, urllib.request
context = ssl.create_default_context(cafile=sys.argv[1])
context.verify_flags |= ssl.VERIFY_X509_STRICT
print(urllib.request.urlopen(sys.argv[2], context=context).read().decode(), end='')
`;
    const get = (authority: string) => runCommand(python, ['-c', program, file(authority), url]);
    expect(await get('authority.pem')).to.include({ code: 0, stdout: 'ready\n' });
    expect((await get('other.pem')).stderr).to.match(/CERTIFICATE_VERIFY_FAILED/);
  });
});
