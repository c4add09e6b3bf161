import { writeFileSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect } from 'chai';
import { after, before, describe, it } from 'mocha';
import { bodyOf } from '@mailpair/shared/smtp/server/message-data';
import { authenticationLearner } from '@mailpair/shared/filter/dkim-dmarc-arc/learn-authentication';
import { spfLearner } from '@mailpair/shared/filter/spf/learn';
import { createResolver } from '@mailpair/shared/platform/dns/resolver';
import type { Body } from '@mailpair/shared/platform/values/body';
import type { AuthenticationFacts } from '@mailpair/shared/filter/dkim-dmarc-arc/facts';
import { startDns, type TestDns } from '../../../support/dns-server.ts';
import { learn, type Asking } from '../../../support/inquiries.ts';
import { sealed, signed, signingKey } from '../../../support/signed-mail.ts';

const mail = (from: string, rest = ''): string =>
  `From: ${from}\r\nTo: bob@example.com\r\nSubject: Hello\r\n${rest}\r\nOne line.\r\n`;

const isStranger = (): boolean => true;

const hostile = (covers: string, tags = ''): string =>
  `DKIM-Signature: v=1; a=rsa-sha256; c=relaxed/relaxed; d=sender.test; s=s;${tags} h=${covers};\r\n\tbh=AAAA; b=AAAA\r\n`;

const hostileParts = (count: number): string =>
  Array.from({ length: count }, (_, i) => hostile('from', ` l=${i};`)).join('');

describe('authentication of a message', () => {
  const key = signingKey('sender.test');
  const rsa = signingKey('rsa.test', 'rsa-sha256');
  const weak = signingKey('weak.test', 'rsa-sha256', 512);
  const other = signingKey('other.test');
  let dns: TestDns;
  let resolver: ReturnType<typeof createResolver>;
  let patience = 5_000;

  before(async () => {
    dns = await startDns({
      'sender.test': { TXT: ['v=spf1 ip4:192.0.2.7 -all'] },
      'test._domainkey.sender.test': { TXT: [key.record] },
      '_dmarc.sender.test': { TXT: ['v=DMARC1; p=reject; sp=quarantine; pct=50; rua=mailto:r@sender.test'] },
      'test._domainkey.rsa.test': { TXT: [rsa.record] },
      '_dmarc.rsa.test': { TXT: ['v=DMARC1; p=quarantine; adkim=s; t=y'] },
      'test._domainkey.weak.test': { TXT: [weak.record] },
      'test._domainkey.other.test': { TXT: [other.record] },
      'test._domainkey.away.test': 'SERVFAIL',
      '_dmarc.away.test': { TXT: ['v=DMARC1; p=reject'] },
      '_dmarc.mute.test': 'SERVFAIL',
      'silent.test': 'TIMEOUT',
      ...Object.fromEntries(
        Array.from({ length: 10 }, (_, i) => [`test._domainkey.k${i}.silent.test`, 'TIMEOUT' as const]),
      ),
      '_dmarc.silent.test': 'TIMEOUT',
    });
    resolver = createResolver({ servers: [dns.address], timeoutMs: 2_000 });
  });
  after(async () => {
    resolver.close();
    await dns.close();
  });

  async function learntOf(body: Body, asking: Asking = {}): Promise<AuthenticationFacts | undefined> {
    const spf = spfLearner({ resolver, host: 'mx-in.example.com', isStranger, patienceMs: () => 3_000 });
    const all = await learn(
      [spf, authenticationLearner({ resolver, isStranger, patienceMs: () => patience })],
      { ...asking, body },
    );
    const fact = all.authentication;
    if (fact?.kind === 'fault') throw new Error(fact.reason);
    return fact?.value;
  }

  const authenticationOf = async (message: string, asking: Asking = {}): Promise<AuthenticationFacts> =>
    (await learntOf(bodyOf(Buffer.from(message, 'latin1')), asking))!;

  it('proves a signature and what it stands for', async () => {
    const found = await authenticationOf(signed(mail('Anna <anna@sender.test>'), key), {
      address: '192.0.2.9',
    });
    expect(found.dkim).to.have.length(1);
    expect(found.dkim[0]).to.include({
      result: 'pass',
      domain: 'sender.test',
      selector: 'test',
      algorithm: 'ed25519-sha256',
    });
    expect(found.dmarc).to.deep.equal({
      result: 'pass',
      domain: 'sender.test',
      policy: 'reject',
      aligned: ['dkim'],
      published: {
        domain: 'sender.test',
        p: 'reject',
        sp: 'quarantine',
        adkim: 'r',
        aspf: 'r',
        pct: 50,
        rua: 'mailto:r@sender.test',
      },
    });
    expect(found.from).to.deep.equal([{ name: 'Anna', address: 'anna@sender.test' }]);
    expect(found.arc).to.deep.equal({ result: 'none', sealers: [], saw: [] });
  });

  it('takes SPF of the same domain too', async () => {
    const { dkim, dmarc } = await authenticationOf(mail('anna@sender.test'));
    expect(dkim).to.deep.equal([]);
    expect(dmarc).to.deep.include({ result: 'pass', aligned: ['spf'] });
  });

  it('fails what is signed and sent by others', async () => {
    const message = signed(mail('anna@sender.test'), other);
    const { dkim, dmarc } = await authenticationOf(message, { address: '192.0.2.9' });
    expect(dkim[0]).to.include({ result: 'pass', domain: 'other.test' });
    expect(dmarc).to.deep.include({ result: 'fail', policy: 'reject', aligned: [] });
  });

  it('says the policy for a domain below, and one that is only tested', async () => {
    const below = await authenticationOf(mail('anna@shop.sender.test'), { address: '192.0.2.9' });
    expect(below.dmarc).to.deep.include({ result: 'fail', policy: 'quarantine', domain: 'shop.sender.test' });
    const testing = await authenticationOf(mail('anna@rsa.test'));
    expect(testing.dmarc).to.nested.include({ result: 'fail', policy: 'none', 'published.testing': true });
  });

  it('takes no signature for another content', async () => {
    const message = signed(mail('anna@rsa.test'), rsa);
    expect((await authenticationOf(message)).dkim[0]).to.include({ result: 'pass' });
    const altered = await authenticationOf(`${message}More.\r\n`);
    expect(altered.dkim[0]).to.include({ result: 'fail', reason: 'body hash did not verify' });
    const renamed = await authenticationOf(message.replace('Hello', 'Hallo'));
    expect(renamed.dkim[0]?.result).to.equal('fail');
  });

  it('is not proven by a signature with l= that leaves a part of the body out', async () => {
    const body = 'One line.\r\n';
    const message = signed(mail('anna@rsa.test'), rsa, ` l=${body.length};`);
    const whole = await authenticationOf(message);
    expect(whole.dkim[0]).to.include({ result: 'pass' }).and.to.not.have.property('uncoveredBytes');
    expect(whole.dmarc).to.include({ result: 'pass' });
    const { dkim, dmarc } = await authenticationOf(`${message}Appended.\r\n`);
    const reason = 'l= leaves 11 octets of the body unsigned';
    expect(dkim[0]).to.include({ result: 'policy', reason, uncoveredBytes: 11, domain: 'rsa.test' });
    expect(dmarc).to.deep.include({ result: 'fail', aligned: [] });
  });

  it('is not sealed by a set with l= that leaves a part of the body out', async () => {
    const message = sealed(mail('anna@rsa.test'), rsa, ` l=${'One line.\r\n'.length};`);
    expect((await authenticationOf(message)).arc).to.include({ result: 'pass' });
    expect((await authenticationOf(`${message}Appended.\r\n`)).arc).to.include({
      result: 'fail',
      reason: 'l= leaves octets of the body unsigned',
    });
  });

  it('does not take signatures that were not looked at for none', async () => {
    const dkimOf = async (message: string): Promise<unknown> => (await authenticationOf(message)).dkim;
    const reason = (what: string): object => ({
      result: 'permerror',
      reason: `${what} longer than what is looked at`,
    });
    const long = signed(mail('anna@sender.test', 'X: y\r\n'.repeat(600)), key);
    expect(await dkimOf(long))
      .to.have.nested.property('[0]')
      .that.includes(reason('the header section is'));
    const behind = `${'X: y\r\n'.repeat(600)}${signed(mail('anna@sender.test'), key)}`;
    expect(await dkimOf(behind))
      .to.have.nested.property('[0]')
      .that.includes(reason('the header section is'));
    for (const tag of [` x-padding=${'x'.repeat(5_000)};`, ` x-padding=y${' '.repeat(100)}z;`])
      expect(await dkimOf(signed(mail('anna@sender.test'), key, tag)))
        .to.have.nested.property('[0]')
        .that.includes(reason('the signatures are'));
    expect(await dkimOf(mail('anna@sender.test', 'X: y\r\n'.repeat(600)))).to.deep.equal([]);
  });

  it('does not count a weak key', async () => {
    const { dkim } = await authenticationOf(signed(mail('anna@weak.test'), weak));
    expect(dkim[0]).to.include({ result: 'policy', reason: 'weak-key' });
  });

  it('does not fail what could not be learnt', async () => {
    const away = { ...signingKey('away.test'), domain: 'away.test' };
    const { dkim, dmarc } = await authenticationOf(signed(mail('anna@away.test'), away));
    expect(dkim[0]?.result).to.equal('temperror');
    expect(dmarc).to.include({ result: 'temperror', reason: 'SPF or DKIM could not be learnt' });
    const mute = await authenticationOf(mail('anna@mute.test'));
    expect(mute.dmarc).to.include({ result: 'temperror', domain: 'mute.test' });
    // What could not be learnt of another domain is nobody's excuse.
    const borrowed = await authenticationOf(signed(mail('anna@sender.test'), away), { address: '192.0.2.9' });
    expect(borrowed.dmarc).to.include({ result: 'fail' });
  });

  it('obeys a policy however many names of a stranger keep silent', async () => {
    patience = 3_000;
    let message = mail('anna@sender.test, x@silent.test');
    for (let i = 0; i < 10; i += 1) message = signed(message, { ...other, domain: `k${i}.silent.test` });
    const found = await authenticationOf(message, { address: '192.0.2.9' });
    patience = 5_000;
    expect(found.dmarc).to.include({ result: 'fail', policy: 'reject', domain: 'sender.test' });
    expect(found.dkim.map(({ result }) => result)).to.deep.equal(Array(10).fill('temperror'));
  });

  it('sees the signs of a mailing list', async () => {
    const { list } = await authenticationOf(
      mail('anna@sender.test', 'List-Id: Talk\r\n <talk.lists.test>\r\n'),
    );
    expect(list).to.equal('Talk <talk.lists.test>');
  });

  it('looks at ten signatures', async () => {
    let message = mail('anna@sender.test');
    for (let i = 0; i < 40; i++) message = signed(message, { ...other, selector: `s${i}` });
    // The resolver may still repeat questions of the test with silent names.
    const asked = (): number => dns.queries.filter(({ name }) => !name.includes('silent.test')).length;
    const before = asked();
    const { dkim } = await authenticationOf(message);
    expect(dkim).to.have.length(10);
    expect(asked() - before).to.be.at.most(20);
  });

  it('looks at a header section up to its bounds, and obeys the policy by SPF alone', async () => {
    const message = signed(mail('anna@sender.test', 'X: y\r\n'.repeat(100_000)), key);
    const { dkim, dmarc } = await authenticationOf(message, { address: '192.0.2.9' });
    expect(dkim.map(({ result }) => result)).to.deep.equal(['permerror']);
    expect(dmarc).to.include({ result: 'fail', policy: 'reject' });
  });

  it('finds From behind hundreds of fields, and says where it is too far away', async () => {
    const behind = (count: number): string => `${'X: y\r\n'.repeat(count)}${mail('anna@sender.test')}`;
    const found = await authenticationOf(behind(5_000), { address: '192.0.2.9' });
    expect(found.dmarc).to.include({ result: 'fail', domain: 'sender.test' });
    const hidden = await authenticationOf(behind(50_000), { address: '192.0.2.9' });
    expect(hidden.dmarc).to.include({ result: 'permerror', reason: 'header-too-long' });
  });

  const bombs: readonly (readonly [what: string, message: string])[] = [
    ['lines of one field', mail('anna@sender.test', `X: a\r\n${' b\r\n'.repeat(25_000)}`)],
    [
      'names that signatures cover',
      `${hostile(`from:${'a:'.repeat(1_800)}b`).repeat(10)}${mail('anna@sender.test')}`,
    ],
    ['mailboxes in From', mail('"a" <a@sender.test>,'.repeat(7_000))],
    ['parameters', mail('anna@sender.test', `Content-Type: a/b${';a='.repeat(40_000)}\r\n`)],
    [
      'parts that signatures cover',
      hostileParts(10) + mail('anna@sender.test') + 'x \t y\r\n'.repeat(100_000),
    ],
  ];
  for (const [what, message] of bombs)
    it(`takes very many ${what} for what they are`, async () => {
      const { dmarc, dkim } = await authenticationOf(message, { address: '192.0.2.9' });
      expect(dmarc).to.include({ result: 'fail', domain: 'sender.test' });
      expect(dkim.every(({ result }) => result !== 'pass')).to.equal(true);
      expect(dkim).to.have.length.at.most(10);
    });

  it('reads a message that lies in a file', async () => {
    const directory = mkdtempSync(join(tmpdir(), 'mailpair-'));
    const path = join(directory, 'body');
    const message = signed(mail('anna@rsa.test', '') + 'A long line of text\r\n'.repeat(50_000), rsa);
    writeFileSync(path, message, 'latin1');
    const body: Body = { path, sizeBytes: message.length, sha256: '', hops: 0, eightBit: false };
    const found = await learntOf(body);
    rmSync(directory, { recursive: true });
    expect(found?.dkim[0]).to.include({ result: 'pass' });
  });

  it('is not asked of clients of this site', async () => {
    expect(await learntOf(bodyOf(Buffer.from(mail('a@sender.test'))), { trusted: true })).to.equal(undefined);
  });
});
