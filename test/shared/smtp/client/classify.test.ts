import { describe, it } from 'mocha';
import { expect } from 'chai';
import { classify, type Stage } from '@mailpair/shared/smtp/client/classify';
import type { OutcomeKind } from '@mailpair/shared/platform/values/outcome';
import { parseReply } from '@mailpair/shared/platform/values/reply';

const table: [Stage, string, OutcomeKind, string][] = [
  ['message', '250 2.0.0 Queued', 'relayed', 'the message was taken'],
  ['rcpt', '250 2.1.5 OK', 'deferred', 'a recipient was taken but the message was not sent'],
  ['message', '451 4.3.0 Later', 'deferred', 'any 4xx'],
  ['rcpt', '450 4.2.0 Greylisted', 'deferred', 'any 4xx'],
  ['mail', '421 4.3.2 Going down', 'deferred', 'the host is closing'],
  ['rcpt', '550 5.1.1 Nobody', 'bounced', 'the recipient is refused'],
  ['mail', '550 5.7.1 Not from you', 'bounced', 'the sender is refused'],
  ['mail', '552 5.3.4 Too big', 'bounced', 'the declared size is refused'],
  ['data', '554 5.7.1 No', 'bounced', 'the message is refused at DATA'],
  ['message', '554 5.7.1 Spam', 'bounced', 'the message is refused'],
  ['message', '552 5.2.2 Full', 'bounced', '552 after the message'],
  ['check', '550 5.6.7 No SMTPUTF8', 'bounced', 'what we found before sending'],
  ['rcpt', '552 Too many recipients', 'deferred', '552 to RCPT stands for 452'],
  ['rcpt', '552 5.5.3 Too many recipients', 'deferred', '552 to RCPT stands for 452'],
  ['rcpt', '552 5.3.4 Too big', 'bounced', '552 to RCPT that is about the size'],
  ['rcpt', '552 5.2.3 Too big for this mailbox', 'bounced', '552 to RCPT that is about the size'],
  ['rcpt', '452 4.5.3 Too many recipients', 'deferred', 'too many recipients'],
  ['greeting', '554 No service', 'deferred', 'a 5xx greeting is about the host'],
  ['ehlo', '550 Bad name', 'deferred', 'a 5xx to EHLO is about the host'],
  ['tls', '554 5.7.3 No TLS', 'deferred', 'a 5xx to STARTTLS'],
  ['auth', '535 5.7.8 Wrong password', 'deferred', 'our password is wrong'],
  ['auth', '554 5.7.1 Not you', 'deferred', 'any 5xx to AUTH'],
  ['mail', '530 5.7.0 Authentication required', 'deferred', 'we lack authentication or TLS'],
  ['rcpt', '530 5.7.1 Not authenticated', 'deferred', 'we lack authentication or TLS'],
  ['mail', '534 5.7.9 Mechanism too weak', 'deferred', 'authentication is too weak'],
  ['mail', '535 5.7.8 Wrong password', 'deferred', 'authentication failed'],
  ['mail', '538 5.7.11 Encryption required', 'deferred', 'authentication needs TLS'],
  ['rcpt', '503 5.5.1 Need MAIL', 'deferred', 'the session is out of step'],
  ['message', '503 Bad sequence', 'deferred', 'the session is out of step'],
  ['data', '354 Go', 'deferred', 'an intermediate reply decides nothing'],
  ['connection', '554 whatever', 'deferred', 'a broken connection is never a bounce'],
  ['message', 'nonsense', 'deferred', 'what is no reply'],
  ['rcpt', '250', 'deferred', 'a code alone'],
];

describe('what a reply means for a recipient', () => {
  for (const [stage, line, kind, why] of table)
    it(`${stage}: ${line} → ${kind} (${why})`, () => {
      expect(classify(stage, parseReply(line))).to.equal(kind);
    });
});
