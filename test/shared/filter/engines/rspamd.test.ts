import { expect } from 'chai';
import { afterEach, describe, it } from 'mocha';
import { UnreachableError } from '@mailpair/shared/filter/engines/connect';
import {
  checkByRspamd,
  pingRspamd,
  readAnswer,
  type RspamdAnswer,
  type RspamdQuestion,
} from '@mailpair/shared/filter/engines/rspamd';
import { freePorts } from '../../../support/ports.ts';
import { rejection } from '../../../support/rejection.ts';
import { startRspamd, type RspamdAsked, type StandIn } from '../../../support/stand-in-engines.ts';

const question: RspamdQuestion = {
  id: '0A1',
  ip: '2001:db8::7',
  helo: 'mail.sender.test',
  hostname: 'mx.sender.test',
  from: 'jürgen@sender.test',
  recipients: ['anna@example.com', 'bert@example.com'],
  user: '',
  body: {
    sizeBytes: 8,
    sha256: '',
    chunks: [Buffer.from('hello'), Buffer.from('\r\n\0')],
    hops: 0,
    eightBit: false,
  },
  password: 'secret',
};
const fine = { action: 'no action', score: 0.5, required_score: 15, symbols: {} };

describe('the client of rspamd', () => {
  const open: StandIn[] = [];
  async function rspamd(check: Parameters<typeof startRspamd>[0]): Promise<StandIn> {
    const standIn = await startRspamd(check);
    open.push(standIn);
    return standIn;
  }
  const check = (
    { place }: StandIn,
    of: Partial<RspamdQuestion> = {},
    signal = new AbortController().signal,
  ): Promise<RspamdAnswer> => checkByRspamd(place, { ...question, ...of }, signal);
  afterEach(async () => {
    for (const standIn of open.splice(0)) await standIn.close();
  });

  it('sends the message as it is, with what is known of the session', async () => {
    const asked: RspamdAsked[] = [];
    const standIn = await rspamd((each) => {
      asked.push(each);
      return fine;
    });
    await check(standIn);
    const [{ fields, body } = { fields: [], body: Buffer.alloc(0) }] = asked;
    expect(body.toString()).to.equal('hello\r\n\0');
    const pairs = fields.flatMap((name, i) => (i % 2 === 0 ? [`${name}: ${fields[i + 1]}`] : []));
    expect(pairs).to.include.members([
      'Queue-Id: 0A1',
      'IP: 2001:db8::7',
      'Helo: mail.sender.test',
      'Hostname: mx.sender.test',
      `From: ${Buffer.from('jürgen@sender.test').toString('latin1')}`,
      'Rcpt: anna@example.com',
      'Rcpt: bert@example.com',
      'Password: secret',
      'Content-Length: 8',
    ]);
    expect(pairs.join()).to.not.include('User:');
  });

  it('lets nobody write fields of his own', async () => {
    const standIn = await rspamd((asked) => ({ ...fine, action: asked.fields.join(' ') }));
    const { action } = await check(standIn, { helo: 'a\r\nPassword: x\x00', from: '' });
    expect(action).to.not.include(' Password x');
    expect(await check(standIn, { recipients: Array.from({ length: 5_000 }, () => 'a@b.test') })).to.include({
      score: 0.5,
    });
  });

  it('reads action, score and the symbols that count most', () => {
    const symbols = Object.fromEntries(
      Array.from({ length: 200 }, (_, i) => [`S${i}`, { name: `S${i}`, score: i % 2 === 0 ? i : -i }]),
    );
    const answer = readAnswer(
      JSON.stringify({
        action: 'add header',
        score: 7.5,
        required_score: 15,
        symbols: { ...symbols, BAD: null },
      }),
    );
    expect(answer).to.include({ action: 'add header', score: 7.5, rejectScore: 15 });
    expect(answer.symbols).to.have.length(30);
    expect(answer.symbols[0]).to.deep.equal({ name: 'S199', score: -199 });
  });

  it('takes nothing for an answer that is none', async () => {
    for (const [answer, wanted] of [
      [{ status: 403, text: 'Unauthorized' }, 'answers HTTP 403: Unauthorized'],
      [{ status: 200, text: '<html>' }, 'answers what is no JSON: <html>'],
      [{ status: 200, text: 'null' }, 'answers what is no JSON'],
      [{ error: 'too busy' }, 'answers {"error":"too busy"}'],
      [{ ...fine, score: '7' }, 'answers {'],
      [{ ...fine, filler: 'x'.repeat(2_000_000) }, 'answers more than 1048576 octets'],
    ] as const)
      expect((await rejection(check(await rspamd(() => answer)))).message).to.include(wanted);
  });

  it('says apart that nobody listens, and gives up with the reason of the signal', async () => {
    const [port = 0] = await freePorts(1);
    const { signal } = new AbortController();
    const error = await rejection(pingRspamd({ host: '127.0.0.1', port }, signal));
    expect(error).to.be.instanceOf(UnreachableError);
    const standIn = await rspamd(() => null);
    const abort = new AbortController();
    const checked = rejection(check(standIn, {}, abort.signal));
    while (standIn.messages.length === 0) await new Promise(setImmediate);
    abort.abort(new Error('enough'));
    expect((await checked).message).to.equal('enough');
  });

  it('pings', async () => {
    await pingRspamd((await rspamd(() => fine)).place, new AbortController().signal);
  });
});
