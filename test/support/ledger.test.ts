/** The demo and test/pair are worth what their ledger sees: here it is shown each fault once. */
import { expect } from 'chai';
import { describe, it } from 'mocha';
import { countMail } from './ledger.ts';
import type { Delivery } from './local-server-session.ts';
import { composeMessage } from './messages.ts';
import type { Sent } from './senders.ts';

const HOST = 'mx-in.example.com';
const to = ['anna@example.com', 'bert@example.com'];

function sentMessage(facts: Partial<Sent> = {}): Sent {
  const message = composeMessage('plain', { from: 'carl@example.net', to });
  const accepted = new Map(to.map((recipient) => [recipient, HOST]));
  return { message, accepted, refused: new Map(), unanswered: 0, deferrals: 0, ...facts };
}

const arrivalOf = ({ message }: Sent, facts: Partial<Delivery> = {}): Delivery => ({
  id: message.id,
  isNotice: false,
  from: message.from,
  to: message.to,
  mail: '',
  rcpts: [],
  address: '127.0.0.1',
  digest: message.digest,
  sizeBytes: message.octets.length,
  head: `Received: from sender.test\r\n\tby ${HOST} (Mailpair)\r\n`,
  client: HOST,
  at: 100_000,
  ...facts,
});

const clean = { altered: 0, duplicated: 0, cutOff: 0, lost: 0, bounced: 0 };

describe('the ledger', () => {
  it('finds nothing wrong when all arrived once, together or one by one', () => {
    const sent = [sentMessage(), sentMessage()] as [Sent, Sent];
    const deliveries = [
      arrivalOf(sent[0]),
      ...to.map((recipient) => arrivalOf(sent[1], { to: [recipient] })),
    ];
    expect(countMail(sent, deliveries)).to.deep.equal({
      ...clean,
      messages: 2,
      sent: 4,
      accepted: 4,
      refused: 0,
      arrived: 4,
      faults: [],
    });
  });

  it('finds what is lost, for each recipient', () => {
    const sent = sentMessage();
    const { lost, arrived, faults } = countMail([sent], [arrivalOf(sent, { to: [to[0]!] })]);
    expect({ lost, arrived }).to.deep.equal({ lost: 1, arrived: 1 });
    expect(faults).to.deep.equal([`lost: ${sent.message.id} (plain) for ${to[1]}`]);
  });

  it('does not call lost what was never accepted', () => {
    const refused = new Map(to.map((recipient) => [recipient, { code: 550, text: '' }]));
    expect(countMail([sentMessage({ accepted: new Map(), refused })], [])).to.include({
      lost: 0,
      refused: 2,
      arrived: 0,
    });
  });

  it('finds an octet that changed', () => {
    const sent = sentMessage();
    expect(countMail([sent], [arrivalOf(sent, { digest: 'another' })])).to.include({ altered: 2 });
  });

  it('finds what came twice', () => {
    const sent = sentMessage();
    const twice = [arrivalOf(sent), arrivalOf(sent, { to: [to[1]!] })];
    expect(countMail([sent], twice)).to.include({ duplicated: 1, cutOff: 0 });
  });

  it('excuses one copy for each time that the sender got no answer, and no more', () => {
    const sent = sentMessage({ unanswered: 1 });
    const [copy, last] = [arrivalOf(sent), arrivalOf(sent)];
    expect(countMail([sent], [copy, last])).to.include({ duplicated: 0, cutOff: 2 });
    expect(countMail([sent], [copy, copy, last])).to.include({ duplicated: 2, cutOff: 2 });
  });

  it('excuses a copy that was given out at the moment its gateway was killed, not another', () => {
    const sent = sentMessage();
    const copies = [arrivalOf(sent), arrivalOf(sent, { at: 105_000 })];
    const killed = (host: string, at: number): object => countMail([sent], copies, [{ host, at }]);
    expect(killed(HOST, 100_020)).to.include({ duplicated: 0, cutOff: 2 });
    expect(killed(HOST, 102_000)).to.include({ duplicated: 2, cutOff: 0 });
    expect(killed('mx-out.example.com', 100_020)).to.include({ duplicated: 2, cutOff: 0 });
  });

  it('takes a notice of failure that names the recipient for a bounce, and no other notice', () => {
    const sent = sentMessage();
    const notice = (head: string): Delivery => arrivalOf(sent, { isNotice: true, from: '', head });
    const failed = notice(`Action: failed\r\nFinal-Recipient: rfc822; ${to[0]}\r\n`);
    const delayed = notice(`Action: delayed\r\nFinal-Recipient: rfc822; ${to[1]}\r\n`);
    expect(countMail([sent], [failed, delayed])).to.include({ bounced: 1, lost: 1, arrived: 0 });
  });
});
