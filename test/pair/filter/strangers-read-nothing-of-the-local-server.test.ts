import { expect } from 'chai';
import { beforeEach, describe, it } from 'mocha';
import { mailpair } from '../../mailpair/command.ts';
import type { Delivery } from '../../support/local-server-session.ts';
import { composeMessage, type TestMessage } from '../../support/messages.ts';
import { repliesToRcpt } from '../../support/rcpt.ts';
import { sendOnce } from '../../support/senders.ts';
import { SmtpClient, type Target } from '../../support/smtp-client.ts';
import { usePair } from '../../support/use-pair.ts';

const SECRET = 'mail-7.internal';
const to = ['anna@example.com', 'bert@example.com'];
const mail = (from: string) => composeMessage('plain', { from, to });

/** The reply to the final dot. */
async function answerOf(mx: Target): Promise<string> {
  const client = await SmtpClient.greet(mx);
  await client.say('MAIL FROM:<carl@sender.test>');
  await client.say(`RCPT TO:<${to[0]!}>`);
  await client.say('DATA');
  const { code, text } = await client.say('Subject: x\r\n\r\nx\r\n.');
  await client.quit();
  return `${code} ${text}`;
}

const includesSecret = (value: unknown): boolean => JSON.stringify(value).includes(SECRET);

describe('a stranger reads nothing of the local server', () => {
  const pair = usePair({ config: { 'queue.expire': '2s' } });

  /** Both recipients are known to exist. */
  beforeEach(async () => {
    pair().local.manners = {};
    for (const mx of [pair().mxIn, pair().mxOut]) await sendOnce(mx, mail('carl@sender.test'));
  });

  it('at the end of a message that it takes', async () => {
    expect(await answerOf(pair().mxIn)).to.match(/^250 2\.0\.0 Delivered as [^ ]+$/);
  });

  for (const [step, theirs, ours] of [
    ['mail', '550 5.7.1', '550 5.7.1 The message is refused by the policy of the mail server'],
    ['rcpt', '550 5.1.1', '550 5.1.1 No such mailbox here'],
    ['rcpt', '550', '550 5.0.0 The mail server does not take the message'],
    ['message', '552 5.2.2', '552 5.2.2 The mailbox is full'],
    ['message', '552 5.3.4', '552 5.3.4 The message is too big'],
  ] as const)
    it(`when it answers ${theirs} to ${step}: the codes, and the log has the words`, async () => {
      const answer = `${theirs} ${SECRET} says no`;
      const { local } = pair();
      // A call-forward is taken: the refusal concerns this sender.
      if (step === 'rcpt') local.manners.rcpt = (_, from) => (from === '' ? undefined : answer);
      else local.manners[step] = () => answer;
      for (const mx of [pair().mxIn, pair().mxOut]) expect(await answerOf(mx)).to.equal(ours);
      for (const gateway of [pair().inbound, pair().outbound])
        await gateway.until(({ event, outcomes }) => event === 'message.refused' && includesSecret(outcomes));
    });

  it('at RCPT, of a mailbox that is full', async () => {
    pair().local.manners.rcpt = () => `552 5.2.2 ${SECRET}: over quota`;
    const [reply] = await repliesToRcpt(pair().mxIn, 'full@example.com');
    expect(reply).to.deep.equal({ code: 552, text: '5.2.2 The mailbox is full' });
    await pair().inbound.until(
      ({ event, reply: theirs }) => event === 'callforward.declined' && includesSecret(theirs),
    );
  });

  it('and the operator finds all of it with mailpair trace', async () => {
    pair().local.manners.message = () => `554 5.7.1 ${SECRET} says no`;
    await sendOnce(pair().mxIn, mail('traced@sender.test'));
    const { out } = await mailpair(['trace', 'traced@sender.test', '--config', pair().configFile]);
    expect(out).to.include(`bounced ${to[0]!} by 127.0.0.1: 554 5.7.1 ${SECRET} says no`);
  });

  const noticeAbout = async ({ id }: TestMessage, among: Delivery[], server: 'local' | 'internet') => {
    await pair()[server].until((all) => all.some((delivery) => delivery.isNotice && delivery.id === id));
    return among.find((delivery) => delivery.isNotice && delivery.id === id)!.head;
  };

  it('in a notice of what was refused after others had it; who submits reads all of it', async () => {
    const { local, internet, mxIn, submission } = pair();
    local.manners.rcpt = (address) =>
      address === to[1] ? `550 5.2.1 ${SECRET}: closed by ${SECRET}` : undefined;
    const theirs = mail('carl@sender.test');
    await sendOnce(mxIn, theirs);
    const stranger = await noticeAbout(theirs, internet.deliveries, 'internet');
    expect(stranger).to.include('Status: 5.2.1').and.include('550 5.2.1 The mailbox takes no mail');
    expect(stranger).not.to.include(SECRET).and.not.include('Remote-MTA');

    const ours = mail('anna@example.com');
    await sendOnce(submission, ours);
    const own = await noticeAbout(ours, local.deliveries, 'local');
    expect(own).to.include(SECRET).and.include('Remote-MTA: dns; [127.0.0.1]');
  });

  it('in a notice of what could not be delivered in time', async () => {
    const { local, internet, mxIn } = pair();
    await local.stop();
    const message = mail('carl@sender.test');
    expect((await sendOnce(mxIn, message)).accepted.size).to.equal(2);
    const head = await noticeAbout(message, internet.deliveries, 'internet');
    await local.start();
    expect(head).to.include('Status: 4.4.7').and.include('The mail server cannot be reached');
    expect(head).not.to.include(String(local.port)).and.not.include('ECONNREFUSED');
  });
});

describe('a stranger reads no address of a local server that does not answer', () => {
  const pair = usePair({ start: ['inbound'], config: { 'recipients.verify': 'none' } });

  it('when the message cannot wait here, because nobody knows its recipient', async () => {
    await pair().local.stop();
    expect(await answerOf(pair().mxIn)).to.equal(
      '451 4.4.1 The mail server cannot be reached, please try again later',
    );
  });
});

describe('who submits mail reads the words of other mail servers', () => {
  const pair = usePair({ start: ['outbound'], config: { 'judge.mode': 'off' } });

  it('where nothing is judged too', async () => {
    const { local, internet, submission } = pair();
    internet.manners.rcpt = () => `550 5.1.1 ${SECRET} says no`;
    const message = composeMessage('plain', { from: 'anna@example.com', to: ['bert@example.net'] });
    await sendOnce(submission, message);
    await local.until((all) => all.some(({ isNotice, id }) => isNotice && id === message.id));
    expect(local.deliveries.find(({ isNotice }) => isNotice)!.head).to.include(`${SECRET} says no`);
  });
});
