import { expect } from 'chai';
import fc from 'fast-check';
import { describe, it } from 'mocha';
import { formatReply, parseReply } from '@mailpair/shared/platform/values/reply';
import { toStranger } from '@mailpair/shared/platform/values/reply-to-stranger';

describe('what a stranger reads of a reply of the local server', () => {
  for (const [theirs, ours] of [
    ['550 5.1.1 <x@y>: unknown in mail.internal.example', '550 5.1.1 No such mailbox here'],
    ['552 5.2.2 /srv/mail/x is over quota', '552 5.2.2 The mailbox is full'],
    ['452 4.2.2 Over quota', '452 4.2.2 The mailbox is full, please try again later'],
    ['552 5.3.4 limit of mail.internal', '552 5.3.4 The message is too big'],
    ['550 5.7.1 by 10.0.0.5', '550 5.7.1 The message is refused by the policy of the mail server'],
    [
      '450 4.1.1 [10.0.0.5] says no',
      '450 4.1.1 The mail server does not accept the address, please try again later',
    ],
    [
      '451 4.4.1 10.0.0.5 port 25 cannot be reached',
      '451 4.4.1 The mail server cannot be reached, please try again later',
    ],
    ['550 Unknown user', '550 5.0.0 The mail server does not take the message'],
    ['554 4.7.1 Class and code differ', '554 5.0.0 The mail server does not take the message'],
    ['550 5.2.99 Beyond the list', '550 5.2.99 The mailbox does not take the message'],
    ['550 5.9.1 Beyond every list', '550 5.9.1 The mail server does not take the message'],
    ['250 2.0.0 Ok: queued as 4Xyz on mail.internal', '250 2.0.0 The mail server took the message'],
  ] as const)
    it(`${theirs} → ${ours}`, () => expect(formatReply(toStranger(parseReply(theirs)))).to.equal(ours));

  it('keeps the code, has an enhanced code of its class, and has no word of theirs', () => {
    const secret = 'mail-7.internal';
    fc.assert(
      fc.property(
        fc.integer({ min: 400, max: 599 }),
        fc.stringMatching(/^([245]\.\d{1,3}\.\d{1,3})?$/),
        (code, enhanced) => {
          const reply = toStranger({ code, enhanced, text: secret });
          expect(reply.code).to.equal(code);
          expect(reply.enhanced).to.match(new RegExp(`^${String(code)[0]}\\.\\d{1,3}\\.\\d{1,3}$`));
          expect(reply.text).not.to.include(secret).and.not.to.equal('');
        },
      ),
    );
  });
});
