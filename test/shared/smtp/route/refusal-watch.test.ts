import { RefusalWatch, type Asker } from '@mailpair/shared/smtp/route/refusal-watch';
import { parseReply } from '@mailpair/shared/platform/values/reply';
import { expect } from 'chai';
import { beforeEach, describe, it } from 'mocha';

describe('whether a local server refuses this gateway', () => {
  let watch: RefusalWatch;
  let now: number;

  beforeEach(() => {
    watch = new RefusalWatch();
    now = 0;
  });

  function answer(asker: Asker, reversePath: string, recipient: string, stage: string, reply: string): void {
    now += 1;
    watch.answered(asker, reversePath, [{ recipient, stage, reply: parseReply(reply) }], now);
  }
  const forward = (recipient: string, reply: string): void =>
    answer('call-forward', '', recipient, 'rcpt', reply);
  const mail = (domain: string, reply: string, stage = 'rcpt'): void =>
    answer('mail', `x@${domain}`, 'anna@example.com', stage, reply);

  for (const reply of [
    '554 5.7.1 <unknown[10.0.0.2]>: Client host rejected: Access denied',
    '450 4.7.25 Client host rejected: cannot find your hostname',
    '550 relay not permitted',
    '554 Go away',
    '550 5.7.1 Relaying denied',
  ])
    it(`is shown by two call-forwards in a row: ${reply}`, () => {
      forward('anna@example.com', reply);
      forward('anna@example.com', reply);
      expect(watch.refusal).to.equal(undefined);
      forward('postmaster@example.com', reply);
      expect(watch.refusal).to.deep.equal({ reply: parseReply(reply), at: 3, to: 'recipient' });
    });

  for (const reply of [
    '550 5.1.1 No such user',
    '552 5.2.2 Mailbox full',
    '451 4.3.0 The directory is away',
    '550 5.1.8 Bad sender',
    '552 5.3.4 Too big',
  ])
    it(`is not shown by what concerns a mailbox, a sender or a message: ${reply}`, () => {
      for (const name of ['anna', 'bert', 'carl', 'dora']) {
        forward(`${name}@example.com`, reply);
        mail(`${name}.test`, reply);
      }
      expect(watch.refusal).to.equal(undefined);
    });

  it('is not shown when another recipient is taken in between', () => {
    for (const name of ['anna', 'bert', 'carl']) {
      forward(`${name}@example.com`, '550 5.7.1 Only for members');
      forward('postmaster@example.com', '250 2.1.5 OK');
    }
    expect(watch.refusal).to.equal(undefined);
    expect(watch.takenAt).to.equal(6);
  });

  it('is shown by mail only from three domains, for what one sends may be refused', () => {
    for (let time = 0; time < 5; time += 1) mail('spam.test', '554 5.7.1 No');
    mail('other.test', '554 5.7.1 No');
    expect(watch.refusal).to.equal(undefined);
    mail('third.test', '554 5.7.1 No', 'mail');
    expect(watch.refusal?.at).to.equal(7);
  });

  it('is shown when the null reverse-path of a call-forward is refused', () => {
    answer('call-forward', '', '', 'mail', '451 4.3.2 Not now');
    expect(watch.refusal?.reply.code).to.equal(451);
  });

  it('ends when a recipient is taken, also of a message that is refused later', () => {
    answer('call-forward', '', '', 'mail', '554 5.7.1 No');
    mail('a.test', '554 5.7.1 The content is spam', 'message');
    expect(watch.refusal).to.equal(undefined);
    expect(watch.takenAt).to.equal(2);
  });

  it('instead of a session ends with the next session, or when it is not there at all', () => {
    const reply = parseReply('554 5.7.1 No service for you');
    watch.failed(reply, 1);
    expect(watch.refusal).to.deep.equal({ reply, at: 1, to: 'session' });
    expect(watch.conversed()).to.equal(true);
    expect(watch.conversed()).to.equal(false);
    watch.failed(reply, 2);
    watch.failed(undefined, 3);
    expect(watch.refusal).to.equal(undefined);
  });

  it('at RCPT does not end with a session', () => {
    answer('call-forward', '', '', 'mail', '554 5.7.1 No');
    expect(watch.conversed()).to.equal(false);
    expect(watch.refusal).to.not.equal(undefined);
  });
});
