import { chownSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect } from 'chai';
import { afterEach, beforeEach, describe, it } from 'mocha';
import { readKeyRing } from '@mailpair/shared/gateway/sign/key-ring';
import { recordNameOf, zoneOf } from '../../support/dkim.ts';
import { startDns, type TestDns } from '../../support/dns-server.ts';
import { skipBecause } from '../../support/skip.ts';
import { mailpair, type Said } from '../command.ts';

describe('mailpair dkim', () => {
  let directory = '';
  let keys = '';
  let dns: TestDns;

  beforeEach(async () => {
    directory = mkdtempSync(join(tmpdir(), 'mailpair-dkim-'));
    keys = join(directory, 'dkim');
    dns = await startDns();
    configure(['example.com', 'example.org']);
  });
  afterEach(async () => {
    await dns.close();
    rmSync(directory, { recursive: true });
  });

  function configure(domains: readonly string[], more = ''): void {
    writeFileSync(
      join(directory, 'mailpair.yaml'),
      `domains: [${domains.join(', ')}]
inbound: { host: mx-in.example.com, addresses: [192.0.2.10], spool: ${directory}/inbound }
outbound: { host: mx-out.example.com, addresses: [192.0.2.20], spool: ${directory}/outbound }
localServers: ["10.0.0.5:25"]
dns: { servers: ["${dns.address}"], timeout: 1s }
dkim: { keys: ${keys}${more} }
`,
    );
  }

  const run = (...words: string[]): Promise<Said> =>
    mailpair([...words, '--config', join(directory, 'mailpair.yaml')]);
  const dkim = (...words: string[]): Promise<Said> => run('dkim', ...words);
  const toDns = ['--resolver'];
  const activate = (...words: string[]): Promise<Said> => dkim('activate', ...words, ...toDns, dns.address);
  const status = async (...words: string[]): Promise<Record<string, string>[]> =>
    JSON.parse((await dkim('status', '--json', ...words, ...toDns, dns.address)).out) as Record<
      string,
      string
    >[];
  const selectorsIn = (domain: string): string[] =>
    readdirSync(join(keys, domain))
      .filter((name) => name.endsWith('.pem'))
      .map((name) => name.slice(0, -4));
  const signs = (domain: string): string[] =>
    (readKeyRing(keys, [domain], new Map()).get(domain)?.keys ?? []).map(({ selector }) => selector);

  function publish(domain: string, selectors = selectorsIn(domain)): void {
    for (const [name, records] of Object.entries(zoneOf(keys, domain, selectors))) dns.set(name, records);
  }

  it('keygen makes an RSA and an Ed25519 key for each domain, for nobody else to read, and lets none sign', async () => {
    const { code, out, err } = await dkim('keygen');
    expect(code).to.equal(0);
    expect(out).to.match(/example\.com +\d{8}-rsa +rsa +\/.*\/example\.com\/\d{8}-rsa\.pem/);
    expect(err).to.include('They do not sign yet');
    for (const domain of ['example.com', 'example.org']) {
      expect(selectorsIn(domain).map((name) => name.slice(8))).to.deep.equal(['-ed25519', '-rsa']);
      expect(signs(domain)).to.deep.equal([]);
      for (const name of selectorsIn(domain))
        expect(statSync(join(keys, domain, `${name}.pem`)).mode & 0o777).to.equal(0o600);
    }
    const again = await dkim('keygen');
    expect([again.code, again.out]).to.deep.equal([1, '']);
    expect(again.err).to.include('mailpair dkim rotate example.com');
    expect(selectorsIn('example.com')).to.have.length(2);
  });

  it('keygen as root lets the account of the gateway read the keys, and no more', async function () {
    if (process.getuid?.() !== 0) return skipBecause(this, 'only root can give files to another account');
    const daemon = 1;
    chownSync(directory, 0, daemon);
    await dkim('keygen', 'example.com', '--type', 'ed25519', '--selector', 'a');
    await activate('--force', 'example.com');
    const standing = (path: string): unknown[] => {
      const { uid, gid, mode } = statSync(join(keys, path));
      return [path, uid, gid === daemon, (mode & 0o777).toString(8)];
    };
    expect(
      ['.', 'example.com', 'example.com/a.pem', 'example.com/selectors.json'].map(standing),
    ).to.deep.equal([
      ['.', 0, true, '750'],
      ['example.com', 0, true, '750'],
      ['example.com/a.pem', 0, true, '640'],
      ['example.com/selectors.json', 0, true, '640'],
    ]);
  });

  it('keygen takes domain, type and selector', async () => {
    await dkim('keygen', 'example.org', '--type', 'rsa', '--selector', 'mail');
    expect(selectorsIn('example.org')).to.deep.equal(['mail']);
    expect(readdirSync(keys)).to.deep.equal(['example.org']);
    for (const words of [
      ['keygen', 'example.net'],
      ['keygen', '--selector', 'a.b'],
      ['keygen', '--type', 'dsa'],
    ])
      expect((await dkim(...words)).code, words.join(' ')).to.equal(2);
  });

  it('activate lets keys sign only when DNS shows all of them', async () => {
    await dkim('keygen', 'example.com');
    const [ed = '', rsa = ''] = selectorsIn('example.com');
    const missing = await activate('example.com');
    expect(missing.code).to.equal(1);
    expect(missing.err).to.include(`${rsa} is not visible in DNS`).and.include('mailpair dns plan --domain');
    publish('example.com', [rsa]);
    expect((await activate('example.com')).code, 'half of them').to.equal(1);
    dns.set(recordNameOf('example.com', ed), { TXT: ['v=DKIM1; k=ed25519; p='] });
    expect((await activate('example.com')).err, 'a revoked one').to.include('has a revoked key');
    dns.set(recordNameOf('example.com', ed), 'SERVFAIL');
    expect((await activate('example.com')).code, 'nobody knows').to.equal(1);
    expect(signs('example.com')).to.deep.equal([]);
    publish('example.com');
    const { code, out } = await activate();
    expect(code).to.equal(0);
    expect(out).to.equal(`example.com: ${ed}, ${rsa} sign from now on\n`);
    expect(signs('example.com')).to.deep.equal([rsa, ed]);
    expect((await activate()).code, 'nothing waits').to.equal(1);
  });

  it('activate sees a key behind an alias, and can be forced', async () => {
    await dkim('keygen', 'example.com', '--type', 'rsa', '--selector', 'a');
    const { 'a._domainkey.example.com': record } = zoneOf(keys, 'example.com', ['a']);
    dns.set('a._domainkey.example.com', { CNAME: ['a.keys.test'] });
    dns.set('a.keys.test', record!);
    expect((await activate('example.com')).code).to.equal(0);
    await dkim('keygen', 'example.org');
    expect((await activate('example.org', '--force')).code).to.equal(0);
    expect(signs('example.org')).to.have.length(2);
  });

  it('rotate makes the next keys beside those that sign, and activate changes over', async () => {
    await dkim('keygen', 'example.com');
    publish('example.com');
    await activate();
    const first = signs('example.com');
    const { code, out } = await dkim('rotate', 'example.com', '--json');
    expect(code).to.equal(0);
    const made = (JSON.parse(out) as { selector: string }[]).map(({ selector }) => selector);
    expect(made).to.deep.equal(first.map((name) => name.replace('-', 'b-')));
    expect(signs('example.com')).to.deep.equal(first);
    expect((await dkim('rotate', 'example.com')).err).to.include('wait already');
    expect((await dkim('rotate', 'example.org')).err).to.include('mailpair dkim keygen example.org');

    const { out: plan } = await run('dns', 'plan', '--format', 'json');
    for (const name of [...first, ...made]) expect(plan, name).to.include(recordNameOf('example.com', name));
    expect((await activate()).code, 'before they are published').to.equal(1);
    publish('example.com');
    expect((await activate()).out).to.include(`, in place of ${[...first].sort().join(', ')}`);
    expect(signs('example.com')).to.deep.equal(made);
    expect(
      (await status('example.com')).map(({ selector, state, dns }) => [selector, state, dns]),
    ).to.deep.equal(
      [
        ...first.map((name) => [name, 'retired', 'visible']),
        ...made.map((name) => [name, 'active', 'visible']),
      ].sort(([a = ''], [b = '']) => a.localeCompare(b)),
    );
  });

  it('dns verify remarks keys that wait, published or not, and misses the records of keys that sign', async () => {
    await dkim('keygen', 'example.com', '--selector', 'a');
    const found = async (): Promise<string[]> => {
      const { out } = await run('dns', 'verify', '--dns-only', '--json', ...toDns, dns.address);
      const { findings } = JSON.parse(out) as {
        findings: { severity: string; code: string; subject: string }[];
      };
      return findings
        .filter(({ code }) => code.startsWith('dkim-'))
        .map(({ severity, code, subject }) => `${severity} ${code} ${subject}`)
        .sort();
    };
    const each = (finding: string): string[] =>
      ['a-ed25519', 'a-rsa'].map((name) => `${finding} ${recordNameOf('example.com', name)}`);
    expect(await found()).to.deep.equal(each('remark dkim-waiting'));
    publish('example.com');
    expect(await found()).to.deep.equal(each('remark dkim-waiting'));
    await activate('example.com');
    expect(await found()).to.deep.equal([]);
    for (const name of ['a-ed25519', 'a-rsa']) dns.set(recordNameOf('example.com', name), {});
    expect(await found()).to.deep.equal(each('fault dkim-missing'));
  });

  it('a new key of one kind takes the place of that kind only, and an earlier one can come back', async () => {
    await dkim('keygen', 'example.com', '--selector', 'a');
    await activate('--force', 'example.com');
    await dkim('rotate', 'example.com', '--type', 'rsa', '--selector', 'b');
    await activate('--force', 'example.com');
    expect(signs('example.com')).to.deep.equal(['b', 'a-ed25519']);
    await activate('--force', 'example.com', '--selector', 'a-rsa');
    expect(signs('example.com')).to.deep.equal(['a-rsa', 'a-ed25519']);
  });

  it('remove takes away what has not signed for dkim.keepRetired, and never what signs', async () => {
    await dkim('keygen', 'example.com', '--selector', 'a');
    await activate('--force', 'example.com');
    await dkim('rotate', 'example.com', '--selector', 'b');
    await activate('--force', 'example.com');
    const early = await dkim('remove', 'example.com');
    expect([early.code, early.out]).to.deep.equal([1, '']);
    expect(early.err).to.match(/a-rsa is kept for another 6d/);
    expect((await dkim('remove', 'example.com', '--selector', 'b-rsa', '--force')).code).to.equal(2);
    configure(['example.com'], ', keepRetired: 1s');
    const file = join(keys, 'example.com/selectors.json');
    writeFileSync(file, readFileSync(file, 'utf8').replaceAll(/"(a-\w+)": "\d{4}/g, '"$1": "2020'));
    const { code, out } = await dkim('remove');
    expect([code, out]).to.deep.equal([
      0,
      'a-ed25519._domainkey.example.com\na-rsa._domainkey.example.com\n',
    ]);
    expect(selectorsIn('example.com')).to.deep.equal(['b-ed25519', 'b-rsa']);
    expect(readFileSync(file, 'utf8')).not.to.include('a-rsa');
  });

  it('status tells by its exit whether what signs can be verified', async () => {
    const code = async (): Promise<number> => (await dkim('status', ...toDns, dns.address)).code;
    expect(await code(), 'no keys').to.equal(0);
    await dkim('keygen', 'example.com', '--type', 'rsa', '--selector', 'a');
    expect(await code(), 'a waiting key').to.equal(0);
    await activate('--force', 'example.com');
    expect(await code(), 'not in DNS').to.equal(1);
    publish('example.com');
    expect(await code(), 'in DNS').to.equal(0);
    dns.set('a._domainkey.example.com', 'SERVFAIL');
    expect(await code(), 'no answer').to.equal(2);
    publish('example.com');
    rmSync(join(keys, 'example.com/a.pem'));
    expect(await code(), 'no file').to.equal(1);
    expect((await status('example.com'))[0]).to.include({ type: '?', state: 'active' });
    writeFileSync(join(keys, 'example.com/selectors.json'), '{');
    expect((await status('example.com'))[0]).to.include({ state: 'fault' });
    expect((await activate('example.com')).code, 'changes nothing blindly').to.equal(2);
  });

  it('config check names a key that signs and cannot be read', async () => {
    const check = (...words: string[]): Promise<Said> => run('config', 'check', ...words);
    await dkim('keygen', 'example.com', '--type', 'rsa', '--selector', 'a');
    const waiting = await check('--role', 'outbound');
    expect(waiting.err).to.include('none is active').and.include('mailpair dkim activate example.com');
    await activate('--force', 'example.com');
    expect((await check('--role', 'outbound')).err).not.to.include('dkim.keys');
    writeFileSync(join(keys, 'example.com/a.pem'), 'nonsense');
    const { out } = await check('--role', 'outbound');
    expect(out).to.match(/dkim\.keys: .*a\.pem: holds no private key in PEM/);
    expect((await check()).out, 'on a host that may not sign').not.to.include('dkim.keys');
    configure(['example.com', 'example.org'], ', require: true');
    expect((await check('--role', 'outbound')).out)
      .to.include('example.org')
      .and.include('dkim.require');
  });
});
