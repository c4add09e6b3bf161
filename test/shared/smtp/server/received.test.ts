import { expect } from 'chai';
import fc from 'fast-check';
import { describe, it } from 'mocha';
import {
  composeReceived,
  countReceived,
  formatDate,
  protocolOf,
} from '@mailpair/shared/smtp/server/received';
import type { Session } from '@mailpair/shared/platform/values/session';

const session: Session = {
  id: 's1',
  role: 'mx',
  listener: '192.0.2.10:25',
  client: { address: '198.51.100.7', port: 4711 },
  helo: 'client.example',
  esmtp: true,
  trusted: false,
};
const tls = { version: 'TLSv1.3', cipher: 'TLS_AES_256_GCM_SHA384' };
const facts = {
  session,
  id: 'ID1',
  host: 'mx.example.com',
  at: Date.UTC(2026, 0, 4, 5, 6, 7),
  smtpUtf8: false,
};

describe('the Received field (RFC 5321 §4.4)', () => {
  it('says from whom, by whom, how, under which id, for whom and when', () => {
    expect(composeReceived({ ...facts, session: { ...session, tls }, recipient: 'b@example.com' })).to.equal(
      'Received: from client.example ([198.51.100.7])\r\n' +
        '\tby mx.example.com (Mailpair) with ESMTPS id ID1\r\n' +
        '\t(TLSv1.3 TLS_AES_256_GCM_SHA384)\r\n' +
        '\tfor <b@example.com>;\r\n' +
        '\tSun, 4 Jan 2026 05:06:07 +0000\r\n',
    );
  });

  it('names the client by its reverse name where that is confirmed', () => {
    const field = composeReceived({ ...facts, clientName: 'mail.client.example' });
    expect(field).to.include('from client.example (mail.client.example [198.51.100.7])\r\n');
  });

  it('names no recipient when it is not given one', () => {
    expect(composeReceived(facts)).to.not.include('for <');
  });

  it('writes an IPv6 address as a literal', () => {
    const client = { address: '2001:db8::7', port: 1 };
    expect(composeReceived({ ...facts, session: { ...session, client } })).to.include('([IPv6:2001:db8::7])');
  });

  it('is one field whatever the client calls itself', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary', minLength: 1 }), (helo) => {
        const field = composeReceived({ ...facts, session: { ...session, helo } });
        expect(field).to.match(/^Received: from [!-~]+ \(\[198\.51\.100\.7\]\)\r\n(?:\t[ -~]+\r\n)+$/);
        expect(field.match(/[()]/g)).to.have.lengthOf(4);
      }),
    );
  });

  const protocols: [given: Partial<Session>, smtpUtf8: boolean, name: string][] = [
    [{ esmtp: false }, false, 'SMTP'],
    [{}, false, 'ESMTP'],
    [{ user: 'me' }, false, 'ESMTPA'],
    [{ tls }, false, 'ESMTPS'],
    [{ tls, user: 'me' }, false, 'ESMTPSA'],
    [{}, true, 'UTF8SMTP'],
    [{ tls, user: 'me' }, true, 'UTF8SMTPSA'],
  ];
  for (const [given, smtpUtf8, name] of protocols)
    it(`knows ${name}`, () => {
      expect(protocolOf({ ...session, ...given }, smtpUtf8)).to.equal(name);
    });

  it('gives the date so that it is read back as the same second', () => {
    fc.assert(
      fc.property(fc.integer({ min: 0, max: Date.UTC(2100, 0) }), (at) => {
        expect(Date.parse(formatDate(at))).to.equal(Math.floor(at / 1000) * 1000);
        expect(formatDate(at)).to.match(/^[A-Z][a-z]{2}, \d{1,2} [A-Z][a-z]{2} \d{4} \d\d:\d\d:\d\d \+0000$/);
      }),
    );
  });
});

describe('the count of Received fields', () => {
  const count = (text: string, cut = text.length): number =>
    countReceived([Buffer.from(text.slice(0, cut)), Buffer.from(text.slice(cut))]);

  const header =
    'Received: one\r\n\tRECEIVED: not a field\r\nreceived: two\r\nX-Received: no\r\nReceived \t: three\r\n' +
    'Subject: Received: no\r\nReceivedly: no\r\n';

  it('counts fields of that name in any case, and no others, wherever the header section is cut', () => {
    const text = `${header}\r\nReceived: in the body\r\n`;
    for (let cut = 0; cut <= text.length; cut += 1) expect(count(text, cut), `cut at ${cut}`).to.equal(3);
  });

  it('counts octet by octet the same', () => {
    const text = `${header}\r\nReceived: in the body\r\n`;
    expect(countReceived([...text].map((octet) => Buffer.from(octet)))).to.equal(3);
  });

  it('counts none in a message without header section', () => {
    expect(count('\r\nReceived: body\r\n')).to.equal(0);
    expect(count('')).to.equal(0);
  });

  it('counts in a message that has nothing but a header section', () => {
    expect(count('Received: one\r\nReceived: two\r\n')).to.equal(2);
  });

  it('does not read a line without end again and again', () => {
    const chunk = Buffer.alloc(65_536, 'x');
    const line = Array<Buffer>(800).fill(chunk);
    expect(countReceived([...line, Buffer.from('\r\nReceived: one\r\n')])).to.equal(1);
  });
});
