import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect } from 'chai';
import { afterEach, beforeEach, describe, it } from 'mocha';
import { mailpair, type Said } from '../command.ts';

describe('mailpair balancer dns-rr', () => {
  let directory: string;
  let keyFile: string;

  beforeEach(() => {
    directory = mkdtempSync(join(tmpdir(), 'mailpair-cli-dns-rr-'));
    keyFile = join(directory, 'dns.key');
    writeFileSync(keyFile, 'key "gate" { algorithm hmac-sha256; secret "c2VjcmV0"; };\n');
    writeFileSync(
      join(directory, 'mailpair.yaml'),
      `domains: [example.com]
inbound: { host: mx-in.example.com, addresses: [127.0.0.1], listen: ["127.0.0.1:1"], http: none }
outbound: { host: mx-out.example.com, trusted: [10.0.0.0/24] }
localServers: ["mail.internal:25"]
dns: { update: { server: "127.0.0.1:1", keyFile: ${keyFile} } }
`,
    );
  });

  afterEach(() => rmSync(directory, { recursive: true }));

  const run = (...argv: readonly string[]): Promise<Said> =>
    mailpair(['balancer', 'dns-rr', '--config', join(directory, 'mailpair.yaml'), ...argv]);

  it('tells what it saw, then that the name server cannot be reached, and exits 2', async () => {
    const { code, out, err } = await run('--once');
    expect(code).to.equal(2);
    expect(out).to.match(/^mx-in\.example\.com +127\.0\.0\.1 +no +\? +0% +\? +yes +ECONNREFUSED$/m);
    expect(err).to.include(
      'cannot ask the name server 127.0.0.1:1 (dns.update.server): connect ECONNREFUSED',
    );
  });

  it('gives the same as JSON', async () => {
    const { code, out } = await run('--once', '--json');
    expect(code).to.equal(2);
    expect(JSON.parse(out)).to.deep.equal({
      name: 'mx-in.example.com',
      addresses: [
        {
          node: 'mx-in.example.com',
          address: '127.0.0.1',
          alive: false,
          said: 'ECONNREFUSED',
          dead: true,
          load: null,
          share: 0,
          published: null,
          wanted: true,
          seenBy: {},
        },
      ],
      wanted: ['127.0.0.1'],
      published: null,
      updaters: [],
    });
  });

  it('says which keys to set when there is no name server', async () => {
    const { code, err } = await run('--set', 'dns.update.server=', '--once');
    expect(code).to.equal(2);
    expect(err).to.include('dns.update.server is not set').and.include('dns.update.keyFile');
  });

  it('names the key file and what is wrong with it', async () => {
    writeFileSync(keyFile, 'key "gate" { algorithm hmac-md5; secret "c2VjcmV0"; };\n');
    const wrong = await run('--once');
    expect(wrong.code).to.equal(2);
    expect(wrong.err).to.include(`${keyFile} (dns.update.keyFile): its algorithm hmac-md5 is not one of`);
    rmSync(keyFile);
    expect((await run('--once')).err).to.include(`${keyFile} (dns.update.keyFile): ENOENT`);
  });

  it('says that a role has no addresses to publish', async () => {
    const { code, err } = await run('--role', 'outbound', '--once');
    expect(code).to.equal(2);
    expect(err).to.include('set addresses in outbound.addresses');
  });

  it('does not restore in a dry run', async () => {
    const { code, err } = await run('--dry-run', '--restore');
    expect(code).to.equal(2);
    expect(err).to.include('leave one out');
  });

  it('explains what BIND and Knot need, with the key in its file', async () => {
    const { code, out } = await run('--explain');
    expect(code).to.equal(0);
    expect(out).to.include('zone "example.com" {');
    expect(out).to.include(
      'update-policy { grant gate name mx-in.example.com. A AAAA; grant gate name _mailpair-views.mx-in.example.com. TXT; };',
    );
    expect(out).to.include('update-owner-name: [_mailpair-views.mx-in.example.com.]');
    expect(out).to.include('update-owner-name: [mx-in.example.com.]');
    expect(out).to.include(keyFile);
  });

  it('explains before there is a key or a name server, too', async () => {
    const { code, out } = await run(
      '--explain',
      '--role',
      'outbound',
      '--set',
      'dns.update.keyFile=',
      '--set',
      'dns.update.server=',
    );
    expect(code).to.equal(0);
    expect(out)
      .to.include('grant mailpair name mx-out.example.com. A AAAA;')
      .and.include('/etc/mailpair/dns.key');
  });
});
