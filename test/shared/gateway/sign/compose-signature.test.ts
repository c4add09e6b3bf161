import { createPrivateKey } from 'node:crypto';
import { expect } from 'chai';
import fc from 'fast-check';
import { describe, it } from 'mocha';
import { bodyOf } from '@mailpair/shared/smtp/server/message-data';
import { BodyHash } from '@mailpair/shared/platform/values/body-hash';
import { composeDkimSignatures, signField } from '@mailpair/shared/gateway/sign/compose-signature';
import { parseFields, relaxedField } from '@mailpair/shared/gateway/sign/header-fields';
import { readMessage } from '@mailpair/shared/gateway/sign/read-message';
import { signingKey } from '@mailpair/shared/gateway/sign/signing-key';
import { ed25519Pem, recordNameOf, recordOf, rsaPem, verify } from '../../../support/dkim.ts';

const crlf = (text: string): string => text.replaceAll('\n', '\r\n');

describe('signatures are those of RFC 8463 Appendix A', () => {
  const fields = parseFields(
    crlf(`From: Joe SixPack <joe@football.example.com>
To: Suzie Q <suzie@shopping.example.net>
Subject: Is dinner ready?
Date: Fri, 11 Jul 2003 21:00:37 -0700 (PDT)
Message-ID: <20030712040037.46341.5F8J@football.example.com>
`),
  );
  const body = crlf('Hi.\n\nWe lost the game.  Are you hungry yet?\n\nJoe.\n');
  /** As its `h=` has them: what is named again is not there. */
  const data = fields.map((field) => `${relaxedField(field)}\r\n`).join('');
  const unsigned = (algorithm: string, selector: string): string =>
    crlf(`DKIM-Signature: v=1; a=${algorithm}; c=relaxed/relaxed;
 d=football.example.com; i=@football.example.com;
 q=dns/txt; s=${selector}; t=1528637909; h=from : to :
 subject : date : message-id : from : subject : date;
 bh=2jUSOH9NhtVGCQWNr9BrIAPreKQjO6Sn7XIkfJVOzv8=;
 b=`);

  it('in the hash of the body', () => {
    const hash = new BodyHash('relaxed', 'sha256');
    hash.update(Buffer.from(body));
    expect(hash.digest()).to.equal('2jUSOH9NhtVGCQWNr9BrIAPreKQjO6Sn7XIkfJVOzv8=');
  });

  it('by Ed25519', () => {
    const seed = Buffer.from('nWGxne/9WmC6hEr0kuwsxERJxWl7MmkZcDusAxyuf2A=', 'base64');
    const der = Buffer.concat([Buffer.from('302e020100300506032b657004220420', 'hex'), seed]);
    const key = createPrivateKey({ key: der, format: 'der', type: 'pkcs8' });
    expect(recordOf(key.export({ type: 'pkcs8', format: 'pem' }))).to.equal(
      'v=DKIM1; k=ed25519; p=11qYAYKxCrfVS/7TyWQHOg7hcvPapiMlrwIaaPcHURo=',
    );
    const signer = signingKey('football.example.com', 'brisbane', key);
    expect(signField(signer, data, unsigned('ed25519-sha256', 'brisbane'))).to.equal(
      '/gCrinpcQOoIfuHNQIbq4pgh9kyIK3AQUdt9OdqQehSwhEIug4D11BusFa3bT3FY5OsU7ZbnKELq+eXdp1Q1Dw==',
    );
  });

  it('by RSA', () => {
    const key = createPrivateKey(`-----BEGIN RSA PRIVATE KEY-----
MIICXQIBAAKBgQDkHlOQoBTzWRiGs5V6NpP3idY6Wk08a5qhdR6wy5bdOKb2jLQi
Y/J16JYi0Qvx/byYzCNb3W91y3FutACDfzwQ/BC/e/8uBsCR+yz1Lxj+PL6lHvqM
KrM3rG4hstT5QjvHO9PzoxZyVYLzBfO2EeC3Ip3G+2kryOTIKT+l/K4w3QIDAQAB
AoGAH0cxOhFZDgzXWhDhnAJDw5s4roOXN4OhjiXa8W7Y3rhX3FJqmJSPuC8N9vQm
6SVbaLAE4SG5mLMueHlh4KXffEpuLEiNp9Ss3O4YfLiQpbRqE7Tm5SxKjvvQoZZe
zHorimOaChRL2it47iuWxzxSiRMv4c+j70GiWdxXnxe4UoECQQDzJB/0U58W7RZy
6enGVj2kWF732CoWFZWzi1FicudrBFoy63QwcowpoCazKtvZGMNlPWnC7x/6o8Gc
uSe0ga2xAkEA8C7PipPm1/1fTRQvj1o/dDmZp243044ZNyxjg+/OPN0oWCbXIGxy
WvmZbXriOWoSALJTjExEgraHEgnXssuk7QJBALl5ICsYMu6hMxO73gnfNayNgPxd
WFV6Z7ULnKyV7HSVYF0hgYOHjeYe9gaMtiJYoo0zGN+L3AAtNP9huqkWlzECQE1a
licIeVlo1e+qJ6Mgqr0Q7Aa7falZ448ccbSFYEPD6oFxiOl9Y9se9iYHZKKfIcst
o7DUw1/hz2Ck4N5JrgUCQQCyKveNvjzkkd8HjYs0SwM0fPjK16//5qDZ2UiDGnOe
uEzxBDAr518Z8VFbR41in3W4Y3yCDgQlLlcETrS+zYcL
-----END RSA PRIVATE KEY-----`);
    const signer = signingKey('football.example.com', 'test', key);
    expect(signField(signer, data, unsigned('rsa-sha256', 'test'))).to.equal(
      'F45dVWDfMbQDGHJFlXUNB2HKfbCeLRyhDXgFpEL8GwpsRe0IeIixNTe3DhCVlUrSjV4BwcVcOF6+FF3Zo9Rpo1tFOeS9mPYQ' +
        'TnGdaSGsgeefOsk2JzdA+L10TeYt9BgDfQNZtKdN1WO//KgIqXP7OdEFE4LjFYNcUxZQ4FADY+8=',
    );
  });
});

describe('a signed message', () => {
  const pems = { r: rsaPem(), e: ed25519Pem() };
  const keys = Object.entries(pems).map(([selector, pem]) =>
    signingKey('example.com', selector, createPrivateKey(pem)),
  );
  const texts = new Map(
    Object.entries(pems).map(([selector, pem]) => [recordNameOf('example.com', selector), recordOf(pem)]),
  );
  const passes = ['pass rsa-sha256 example.com r', 'pass ed25519-sha256 example.com e'];
  const head = 'Received: from a\r\n\tby b; now\r\n';
  const plain =
    'From: Anna <anna@example.com>\r\nTo: bert@example.net\r\nSubject:  Is it \t so?\r\n' +
    'Date: Thu, 1 Jan 2026 00:00:00 +0000\r\nMessage-ID: <1@example.com>\r\nX-Other: 1\r\n\r\nText\r\n';

  async function signed(octets: Buffer): Promise<string> {
    const message = await readMessage(head, bodyOf(octets));
    if (typeof message === 'string') throw new Error(message);
    const bodyHash = await message.bodyHash();
    return composeDkimSignatures({ fields: message.fields, bodyHash, keys, at: 1_767_225_600_000 });
  }
  const whole = (...parts: (string | Buffer)[]): Buffer =>
    Buffer.concat(parts.map((part) => Buffer.from(part)));

  it('verifies by both keys, in lines that every host takes', async () => {
    const signatures = await signed(Buffer.from(plain));
    expect(signatures).to.match(/^DKIM-Signature: v=1; a=rsa-sha256; c=relaxed\/relaxed; d=example\.com;/);
    expect(signatures.split('\r\n').every((line) => line.length <= 78)).to.equal(true);
    expect(signatures).not.to.match(/[^\r]\n|\r[^\n]|; *l=/);
    expect((await verify(whole(signatures, head, plain), texts)).dkim).to.deep.equal(passes);
  });

  it('still verifies after hosts have folded it anew, and added trace fields and what lists add', async () => {
    const signatures = await signed(Buffer.from(plain));
    const folded = plain
      .replace('Subject:  Is it', 'Subject: Is\r\n it')
      .replace('Text\r\n', 'Text  \r\n\r\n');
    const message = whole(
      'Received: from c by d; now\r\nX-New: 1\r\nList-Post: <x>\r\n',
      signatures,
      head,
      folded,
    );
    expect((await verify(message, texts)).dkim).to.deep.equal(passes);
  });

  for (const [what, forged] of [
    ['a second From', `From: evil@example.net\r\n${plain}`],
    ['a second Subject', plain.replace('X-Other', 'Subject: Free\r\nX-Other')],
    ['a Cc where there was none', plain.replace('X-Other', 'Cc: all@example.net\r\nX-Other')],
    ['another recipient', plain.replace('bert@', 'carl@')],
    ['more text', `${plain}More\r\n`],
  ] as const)
    it(`does not verify with ${what}`, async () => {
      const signatures = await signed(Buffer.from(plain));
      const { dkim } = await verify(whole(signatures, head, forged), texts);
      expect(dkim.map((line) => line.split(' ')[0])).to.not.include('pass');
      expect(dkim).to.have.length(2);
    });

  it('covers a MIME message whose type nobody can give anew', async () => {
    const mime = plain.replace('X-Other: 1', 'MIME-Version: 1.0\r\nContent-Type: text/plain; charset=utf-8');
    const signatures = await signed(Buffer.from(mime));
    expect((await verify(whole(signatures, head, mime), texts)).dkim).to.deep.equal(passes);
    const forged = `Content-Type: text/html\r\n${mime}`;
    expect((await verify(whole(signatures, head, forged), texts)).dkim).not.to.deep.equal(passes);
  });

  it('verifies whatever its header and body hold', async () => {
    const value = fc
      .array(
        fc.oneof(
          fc.constantFrom(' ', '\t', '\r\n ', '\r\n\t', ';', '=', ':', 'ü'),
          fc.stringMatching(/^[!-~]{1,6}$/),
        ),
        {
          maxLength: 10,
        },
      )
      .map((parts) => parts.join('').replace(/(\r\n[ \t]+)+$/, ''));
    const field = fc
      .tuple(fc.constantFrom('Subject', 'To', 'Reply-To', 'X-A', 'References', 'list-id', 'Cc '), value)
      .map(([name, text]) => `${name}: x${text}\r\n`);
    const body = fc
      .array(
        fc.oneof(fc.constantFrom('\r\n', ' ', '\t', '\r\n\r\n'), fc.string({ maxLength: 6 }).map(noLineEnds)),
      )
      .map((parts) => parts.join(''));
    await fc.assert(
      fc.asyncProperty(fc.array(field, { maxLength: 6 }), body, async (more, text) => {
        const octets = Buffer.from(`From: anna@example.com\r\n${more.join('')}\r\n${text}`);
        const { dkim } = await verify(whole(await signed(octets), head, octets), texts);
        expect(dkim).to.deep.equal(passes);
      }),
      { numRuns: 150 },
    );
  });
});

const noLineEnds = (text: string): string => text.replace(/[\r\n]/g, '');
