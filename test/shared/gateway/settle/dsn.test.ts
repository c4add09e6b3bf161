import { expect } from 'chai';
import fc from 'fast-check';
import { describe, it } from 'mocha';
import { bounced, compose, composeFor, delayed, message, never, parse, partOf } from './dsns.ts';
import { day, entryOf, hour, receivedAt } from './entries.ts';

describe('a DSN', () => {
  describe('as a message', () => {
    it('goes to the reverse-path from nobody, and asks for no notice of its own', async () => {
      const { envelope } = await compose();
      expect(envelope).to.deep.equal({
        reversePath: '',
        recipients: [{ address: 'sender@example.com', notify: ['never'] }],
        eightBit: false,
        smtpUtf8: false,
        requireTls: false,
      });
    });

    it('is a report that no program replies to', async () => {
      const dsn = await compose();
      const mail = await parse(dsn);
      expect(dsn.bytes.toString()).to.match(
        /^Content-Type: multipart\/report; report-type=delivery-status;/m,
      );
      expect(mail.headers.get('auto-submitted')).to.equal('auto-replied');
      expect(mail.headers.get('mime-version')).to.equal('1.0');
      expect(mail.from?.text).to.equal('"Mail Delivery System" <MAILER-DAEMON@mx-out.example.com>');
      expect(mail.to).to.include({ text: 'sender@example.com' });
      expect(mail.date?.getTime()).to.equal(receivedAt + 4 * hour);
      expect(mail.messageId).to.match(/^<[^<>\s]+@mx-out\.example\.com>$/);
    });

    it('has another Message-ID for another notice on the same message', async () => {
      const ids = await Promise.all(
        [
          compose(),
          compose({ kind: 'delayed', recipients: [delayed()] }),
          compose({ now: receivedAt + day }),
        ].map(async (dsn) => (await parse(await dsn)).messageId),
      );
      expect(new Set(ids).size).to.equal(3);
    });

    it('cannot be made for a null reverse-path', async () => {
      const fault = await compose({ entry: entryOf({ reversePath: '' }) }).catch((error: unknown) => error);
      expect(fault).to.be.an('error').with.property('message').that.matches(/null/);
    });

    it('cannot be made about nobody', async () => {
      const fault = await compose({ recipients: [] }).catch((error: unknown) => error);
      expect(fault).to.be.an('error');
    });

    it('fails when the original cannot be read', async () => {
      const damage = new Error('damaged');
      const fault = await compose({ readOriginal: () => Promise.reject(damage) }).catch(
        (error: unknown) => error,
      );
      expect(fault).to.equal(damage);
    });

    it('needs SMTPUTF8 exactly when the sender does, and TLS when the message did', async () => {
      const { envelope, bytes } = await composeFor({ reversePath: 'jürgen@example.com', requireTls: true });
      expect(envelope).to.include({ smtpUtf8: true, requireTls: true, eightBit: true });
      expect(bytes.toString()).to.include('jürgen@example.com');
    });
  });

  describe('with the original', () => {
    const headers = `${entryOf().head}Subject: Hello\r\nFrom: sender@example.com\r\n`;

    it('returns the headers, ours first, when RET was not given', async () => {
      const dsn = await composeFor({});
      expect(
        partOf(dsn, 'text/rfc822-headers').content.replace(/=\r\n/g, '').replaceAll('=3D', '='),
      ).to.equal(headers);
      expect(dsn.bytes.includes('The text.')).to.equal(false);
    });

    it('returns the whole message with RET=FULL, octet for octet', async () => {
      const { content } = partOf(await composeFor({ ret: 'full' }), 'message/rfc822');
      expect(content).to.equal(`${entryOf().head}${message.toString()}`);
    });

    it('returns only headers when asked to, when it is no failure, when TLS was required, and when it is big', async () => {
      const big = Buffer.concat([message, Buffer.alloc(1_000_001 - message.length, 'a')]);
      const dsns = await Promise.all([
        composeFor({ ret: 'hdrs' }),
        compose({ kind: 'delayed', entry: entryOf({ ret: 'full' }), recipients: [delayed()] }),
        composeFor({ ret: 'full', requireTls: true }),
        composeFor({ ret: 'full' }, big),
      ]);
      for (const dsn of dsns) {
        expect(partOf(dsn, 'text/rfc822-headers').content).to.include('Subject: Hello');
        expect(dsn.bytes.includes('The text.')).to.equal(false);
      }
    });

    it('labels eight-bit content all the way up', async () => {
      const original = Buffer.from('Subject: Hello\r\n\r\nGr\u00fc\u00dfe\r\n');
      const dsn = await composeFor({ ret: 'full' }, original);
      const { header, content } = partOf(dsn, 'message/rfc822');
      expect(header).to.include('Content-Transfer-Encoding: 8bit');
      expect(Buffer.from(content, 'latin1').toString()).to.include('Grüße');
      expect(dsn.bytes.toString().split('\r\n\r\n')[0]).to.include('Content-Transfer-Encoding: 8bit');
      expect(dsn.envelope.eightBit).to.equal(true);
    });

    it('returns header fields beyond ASCII as they came when SMTPUTF8 was not declared', async () => {
      const original = Buffer.from('Subject: Gr\u00fc\u00dfe\r\n\r\nText\r\n');
      const { header } = partOf(await composeFor({ ret: 'full' }, original), 'message/rfc822');
      expect(header).to.include('Content-Transfer-Encoding: 8bit');
    });

    it('carries internationalised header fields through a seven-bit path', async () => {
      const original = Buffer.from(
        'Subject: Gr\u00fc\u00dfe\r\nFrom: j\u00fcrgen@example.com\r\n\r\nText\r\n',
      );
      const whole = await composeFor({ ret: 'full', smtpUtf8: true }, original);
      const { content } = partOf(whole, 'message/global');
      expect(Buffer.from(content, 'base64').toString()).to.include('Subject: Grüße');
      const headersOnly = await composeFor({ smtpUtf8: true }, original);
      expect(headersOnly.envelope.eightBit).to.equal(false);
      expect((await parse(headersOnly)).attachments.at(-1)?.content.toString()).to.include('Subject: Grüße');
    });

    it('cuts a header section without end at a whole line', async () => {
      const original = Buffer.from(`${'X-Long: aaaaaaaa\r\n'.repeat(5000)}`);
      const { content } = partOf(await composeFor({}, original), 'text/rfc822-headers');
      expect(content.length).to.be.within(60_000, 70_000);
      expect(content).to.match(/X-Long: aaaaaaaa(?:\r\n)?$/);
    });

    it('copes with a message that has no header fields, and with one that has no lines', async () => {
      for (const original of [Buffer.from('\r\nText\r\n'), Buffer.from('no line end'), Buffer.alloc(0)]) {
        const mail = await parse(await composeFor({ head: '' }, original));
        expect(mail.text).to.include('could not be delivered');
      }
    });
  });

  it('has no bare CR or LF and no line beyond 998 octets, whatever it reports on', async () => {
    const header = fc.array(fc.constantFrom('Subject: x', 'X: Grüße', '', 'a'.repeat(300), '--_NmP', '.'));
    await fc.assert(
      fc.asyncProperty(
        header,
        fc.string({ unit: 'grapheme' }),
        fc.constantFrom('full', 'hdrs'),
        async (lines, text, ret) => {
          const last = { reply: { ...never, text: text.repeat(20) }, host: 'mx.example.net', at: receivedAt };
          const original = Buffer.from(lines.map((line) => `${line}\r\n`).join(''));
          const { bytes } = await compose(
            { entry: entryOf({ ret }), recipients: [bounced({ last })] },
            original,
          );
          expect(bytes.toString('latin1')).to.match(/^(?:[^\r\n]{0,998}\r\n)+$/);
        },
      ),
      { numRuns: 100 },
    );
  });
});
