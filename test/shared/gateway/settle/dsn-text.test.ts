import type { Reply } from '@mailpair/shared/platform/values/reply';
import { expect } from 'chai';
import { describe, it } from 'mocha';
import { bounced, compose, delayed, later, never, parse, textOf } from './dsns.ts';
import { day, receivedAt } from './entries.ts';

describe('a DSN for people', () => {
  it('says what happened, to whom, what was answered and what to do', async () => {
    const text = await textOf(await compose());
    expect(text).to.include('could not be delivered');
    expect(text).to.include('<user@example.net>');
    expect(text).to.include('mx.example.net: 550 5.1.1 No such user');
    expect(text).to.include('check the address');
    expect(text).to.include('01JDCK7M3N');
  });

  it('advises by the reason', async () => {
    const advice = async (reply: Reply): Promise<string> => {
      const text = await textOf(
        await compose({ recipients: [bounced({ last: { reply, at: receivedAt } })] }),
      );
      return /What you can do: (.*)/.exec(text)?.[1] ?? '';
    };
    expect(await advice({ code: 552, enhanced: '5.2.2', text: 'Full' })).to.include('full');
    expect(await advice({ code: 552, enhanced: '5.3.4', text: 'Big' })).to.include('smaller');
    expect(await advice({ code: 550, enhanced: '5.7.1', text: 'Spam' })).to.include('refuses');
    expect(await advice(later)).to.include('send it again later');
    expect(await advice({ code: 550, enhanced: '5.1.8', text: 'Bad sender' })).to.include('administrator');
  });

  it('says how long was tried when time ran out', async () => {
    const last = { reply: later, host: 'mx.example.net', at: receivedAt + 5 * day };
    const text = await textOf(await compose({ recipients: [bounced({ last })], now: receivedAt + 5 * day }));
    expect(text).to.include('given up after 5 days');
    expect(text).to.include('mx.example.net: 451 4.2.1 Mailbox busy');
  });

  it('says of a delay until when we go on, and that nothing need be done', async () => {
    const mail = await parse(await compose({ kind: 'delayed', recipients: [delayed()] }));
    expect(mail.subject).to.equal('Your message is delayed');
    expect(mail.text).to.include('Sat, 28 Nov 2026 12:00:00 +0000');
    expect(mail.text).to.include('5 days from now');
    expect(mail.text).to.include('need not do anything');
  });

  it('gives a reply beyond ASCII as it was', async () => {
    const last = {
      reply: { ...never, text: 'Benutzer unbekannt: jürgen' },
      host: 'mx.example.net',
      at: receivedAt,
    };
    expect(await textOf(await compose({ recipients: [bounced({ last })] }))).to.include(
      'Benutzer unbekannt: jürgen',
    );
  });

  it('shows no control characters and no reversed writing', async () => {
    const last = {
      reply: { ...never, text: 'a\u0007b\r\nc\u202ed' },
      host: 'mx.example.net',
      at: receivedAt,
    };
    expect(await textOf(await compose({ recipients: [bounced({ last })] }))).to.include('550 5.1.1 a b c d');
  });
});
