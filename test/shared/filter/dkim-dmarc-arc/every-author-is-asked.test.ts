import { expect } from 'chai';
import { after, before, describe, it } from 'mocha';
import { bodyOf } from '@mailpair/shared/smtp/server/message-data';
import { authenticationLearner } from '@mailpair/shared/filter/dkim-dmarc-arc/learn-authentication';
import { createResolver } from '@mailpair/shared/platform/dns/resolver';
import type { AuthenticationFacts } from '@mailpair/shared/filter/dkim-dmarc-arc/facts';
import { startDns, type TestDns } from '../../../support/dns-server.ts';
import { learn } from '../../../support/inquiries.ts';
import { signed, signingKey } from '../../../support/signed-mail.ts';

const mail = (from: string): string =>
  `From: ${from}\r\nTo: bob@example.com\r\nSubject: Hello\r\n\r\nOne line.\r\n`;

describe('DMARC asks every domain that From names, and the strictest is obeyed', () => {
  const other = signingKey('other.test');
  let dns: TestDns;
  let resolver: ReturnType<typeof createResolver>;

  before(async () => {
    dns = await startDns({
      '_dmarc.sender.test': { TXT: ['v=DMARC1; p=reject'] },
      'test._domainkey.other.test': { TXT: [other.record] },
    });
    resolver = createResolver({ servers: [dns.address], timeoutMs: 2_000 });
  });
  after(async () => {
    resolver.close();
    await dns.close();
  });

  async function authenticationOf(message: string): Promise<AuthenticationFacts> {
    const body = bodyOf(Buffer.from(message, 'latin1'));
    const { authentication } = await learn(
      [authenticationLearner({ resolver, isStranger: () => true, patienceMs: () => 3_000 })],
      {
        body,
      },
    );
    if (authentication?.kind !== 'known') throw new Error('authentication was not learnt');
    return authentication.value;
  }

  /** From a stranger, who proves other.test and nothing else. */
  const by = (from: string): Promise<AuthenticationFacts> => authenticationOf(signed(mail(from), other));
  const others = Array.from({ length: 30 }, (_, i) => `e${i}@other.test`).join(', ');

  for (const from of [
    `(${'x'.repeat(9_000)}) boss@sender.test`,
    `(${'x'.repeat(70_000)}) boss@sender.test`,
    `"${'x'.repeat(9_000)}" <boss@sender.test>`,
    'Boss <boss@sender.test>, evil@other.test',
    'evil@other.test, Boss <boss@sender.test>',
    'Bank: boss@sender.test, evil@other.test;',
    'boss@sender(x).test',
    'boss @ sender.test',
    'boss@sender.\r\n test',
    'boss@sen\r\n der.test',
    'boss@SENDER.TEST.',
    'boss@sender。test',
    'boss@ｓｅｎｄｅｒ.test',
    'boss@sen\u00adder.test',
    'boss@sender%2etest',
    `${others}, boss@sender.test`,
    'boss@sender.test@other.test',
    'evil@other.test <boss@sender.test',
    '"Boss <boss@sender.test>, evil@other.test',
    '=?utf-8?q?boss=40sender=2etest?=',
    '=?utf-8?q?boss=40sender=2etest=00?=@other.test',
    '"boss@sender.test" <>',
    '<@other.test:boss@sender.test>',
    'evil@other.test\r\nFrom: boss@sender.test',
    'evil@other.test\r\nfrom\r\n : boss@sender.test',
    `evil@other.test\r\nX: ${'y\r\n '.repeat(40_000)}\r\nFrom: boss@sender.test`,
    `evil@other.test\r\n${'X: y\r\n'.repeat(30_000)}From: boss@sender.test`,
  ])
    it(JSON.stringify(from.length > 80 ? `${from.slice(0, 40)} … ${from.slice(-40)}` : from), async () => {
      const { dmarc, authorDomains } = await by(Buffer.from(from).toString('latin1'));
      expect(dmarc).to.include({ result: 'fail', policy: 'reject', domain: 'sender.test' });
      expect(authorDomains).to.include('sender.test');
    });

  it('and not one that stands only in a name', async () => {
    for (const from of ['"boss@sender.test" <a@other.test>', 'a@other.test (boss@sender.test)'])
      expect((await by(from)).dmarc).to.include({ result: 'none', domain: 'other.test' });
  });

  it('and says why nobody can tell where none of them asks for more', async () => {
    for (const [from, reason] of [
      ['evil@other.test\r\nFrom: evil@other.test', 'multiple-from-fields'],
      ['<never ends', 'unreadable-from'],
      [Array.from({ length: 11 }, (_, i) => `a@d${i}.test`).join(), 'too-many-author-domains'],
      ['a@other.test, b@another.test', 'multiple-author-domains'],
      ['root', 'no-author-domain'],
    ] as const)
      expect((await by(from)).dmarc, from).to.include({ result: 'permerror', domain: '', reason });
    const none = await authenticationOf('Subject: x\r\n\r\nx\r\n');
    expect(none.dmarc).to.include({ result: 'permerror', reason: 'no-from-field' });
    expect(none).to.deep.include({ from: [], authorDomains: [] });
  });

  it('and shows one mailbox of each domain before others', async () => {
    const { from } = await by(`${others}, Boss <boss@sender.test>`);
    expect(from).to.have.length(10);
    expect(from[1]).to.deep.equal({ name: 'Boss', address: 'boss@sender.test' });
  });
});
