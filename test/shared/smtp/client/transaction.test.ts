import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, describe, it } from 'mocha';
import { expect } from 'chai';
import fc from 'fast-check';
import { openConnection, type Connection } from '@mailpair/shared/smtp/client/connection';
import type { Outgoing } from '@mailpair/shared/smtp/client/outgoing';
import {
  transact,
  type TransactionOptions,
  type TransactionResult,
} from '@mailpair/shared/smtp/client/transaction';
import { HANG_UP, openSink, SILENT, type Sink, type SinkOptions } from '../../../support/smtp-sink.ts';
import { bodyOf, event, hopTo, message, PATIENT, TEXT } from './fixtures.ts';

const LOCKSTEP = ['SIZE 50000000', '8BITMIME'];
const told = ({ recipients }: TransactionResult): string[] =>
  recipients.map(({ stage, reply }) => `${stage} ${reply.code}`);

describe('a transaction', () => {
  const cleanUps: (() => Promise<unknown>)[] = [];

  afterEach(async () => {
    for (const cleanUp of cleanUps.splice(0)) await cleanUp();
  });

  async function meet(options: SinkOptions = {}): Promise<{ sink: Sink; connection: Connection }> {
    const sink = await openSink(options);
    const connection = await openConnection({
      hop: hopTo(sink.port),
      address: '127.0.0.1',
      localName: 'out.example',
      timeouts: PATIENT,
    });
    cleanUps.push(async () => {
      connection.wire.destroy();
      await sink.close();
    });
    sink.commands.length = 0;
    sink.pieces.length = 0;
    return { sink, connection };
  }

  function send(
    connection: Connection,
    outgoing: Outgoing = message(),
    options: Partial<TransactionOptions> = {},
  ): Promise<TransactionResult> {
    return transact(connection, outgoing, { timeouts: PATIENT, ...options });
  }

  async function fileOf(octets: Buffer): Promise<string> {
    const folder = await mkdtemp(join(tmpdir(), 'mailpair-send-'));
    cleanUps.push(() => rm(folder, { recursive: true }));
    const path = join(folder, 'body');
    await writeFile(path, octets);
    return path;
  }

  it('delivers head and body to all recipients', async () => {
    const { sink, connection } = await meet();
    const result = await send(
      connection,
      message({ head: 'Received: x\r\n', to: ['a@example.com', 'b@example.com'] }),
    );
    expect(told(result)).to.deep.equal(['message 250', 'message 250']);
    expect(result).to.include({ clean: true, retryFresh: false, abandoned: false, fault: undefined });
    expect(sink.messages[0]?.mail).to.equal('MAIL FROM:<sender@example.org> SIZE=38');
    expect(sink.messages[0]?.rcpts).to.deep.equal(['RCPT TO:<a@example.com>', 'RCPT TO:<b@example.com>']);
    expect(sink.messages[0]?.octets.toString()).to.equal(`Received: x\r\n${TEXT}`);
  });

  it('sends MAIL, RCPT and DATA without waiting where PIPELINING is offered', async () => {
    const complete = event();
    const { sink, connection } = await meet({
      on: { MAIL: async () => (await complete.happened, '250 2.1.0 OK') },
    });
    const sending = send(connection);
    await sink.next('MAIL');
    expect(sink.pieces).to.deep.equal([
      'MAIL FROM:<sender@example.org> SIZE=25\r\nRCPT TO:<user@example.com>\r\nDATA\r\n',
    ]);
    complete.happen();
    expect(told(await sending)).to.deep.equal(['message 250']);
  });

  it('sends one command at a time where it is not', async () => {
    const { sink, connection } = await meet({ extensions: LOCKSTEP });
    expect(told(await send(connection))).to.deep.equal(['message 250']);
    expect(sink.pieces).to.have.length(3);
  });

  it('leaves the envelope it was given alone', async () => {
    const { connection } = await meet();
    const outgoing = message();
    const before = structuredClone(outgoing);
    await send(connection, outgoing);
    expect(structuredClone(outgoing)).to.deep.equal(before);
  });

  it('can be repeated on the same session', async () => {
    const { sink, connection } = await meet();
    for (let count = 0; count < 3; count += 1) expect((await send(connection)).clean).to.equal(true);
    expect([sink.messages.length, sink.sessions.length, connection.messages]).to.deep.equal([3, 1, 3]);
    expect(sink.commands).not.to.include('RSET');
  });

  it('brings any content through unchanged', async () => {
    const { sink, connection } = await meet();
    const line = fc.constantFrom('', '.', '..', '.a', 'a', 'Subject: x', '\xe9\x80', 'x'.repeat(998));
    await fc.assert(
      fc.asyncProperty(fc.array(line), fc.array(fc.nat(3_000)), fc.boolean(), async (lines, cuts, asFile) => {
        const octets = Buffer.from(lines.map((text) => `${text}\r\n`).join(''), 'latin1');
        const at = [...new Set(cuts.map((cut) => cut % (octets.length + 1)))].sort((a, b) => a - b);
        const chunks = [0, ...at].map((from, index) => octets.subarray(from, at[index]));
        const { chunks: _, ...body } = bodyOf(octets);
        const source = asFile ? { path: await fileOf(octets) } : { chunks };
        const result = await send(connection, message({ body: { ...body, ...source } }));
        expect(told(result)).to.deep.equal(['message 250']);
        expect(sink.messages.at(-1)?.octets.equals(octets)).to.equal(true);
      }),
      { numRuns: 60 },
    );
  });

  describe('with a body in a file', () => {
    it('streams it, dots doubled, whole', async () => {
      const { sink, connection } = await meet();
      const octets = Buffer.from('.one\r\n..two\r\nthree\r\n'.repeat(100_000));
      const { chunks: _, ...body } = bodyOf(octets);
      const result = await send(connection, message({ body: { ...body, path: await fileOf(octets) } }));
      expect(told(result)).to.deep.equal(['message 250']);
      expect(sink.messages[0]?.octets.equals(octets)).to.equal(true);
    });

    it('streams one of many blocks to the last octet', async () => {
      const { sink, connection } = await meet();
      const lines = Array.from(
        { length: 30_000 },
        (_, i) => `${i % 9 === 0 ? '.' : ''}line ${i} of many\r\n`,
      );
      const octets = Buffer.from(lines.join(''));
      const { chunks: _, ...body } = bodyOf(octets);
      const result = await send(connection, message({ body: { ...body, path: await fileOf(octets) } }));
      expect(told(result)).to.deep.equal(['message 250']);
      expect(sink.messages[0]?.octets.equals(octets)).to.equal(true);
    });

    it('never ends a message that is cut off', async () => {
      const { sink, connection } = await meet();
      const octets = Buffer.from(TEXT);
      const path = await fileOf(octets);
      const result = await send(
        connection,
        message({ body: { ...bodyOf(`${TEXT}more\r\n`), path, chunks: undefined as never } }),
      );
      expect(told(result)).to.deep.equal(['check 451']);
      expect(result).to.include({ clean: false, localFault: true, retryFresh: false });
      connection.wire.destroy();
      await sink.sessions[0]?.closed;
      expect(sink.messages).to.have.length(0);
    });

    it('defers when it cannot be read', async () => {
      const { connection } = await meet();
      const { chunks: _, ...body } = bodyOf(TEXT);
      const result = await send(connection, message({ body: { ...body, path: '/nonexistent/body' } }));
      expect(told(result)).to.deep.equal(['check 451']);
      expect(result.recipients[0]?.reply.text).to.include('/nonexistent/body');
    });

    it('stops when the host refuses before the end, and keeps the refusal', async () => {
      const { connection } = await meet({
        on: { DATA: (_line, session) => (session.say('354 Go'), session.say('552 5.3.4 Enough'), SILENT) },
      });
      const octets = Buffer.alloc(8_000_000, 'x');
      const { chunks: _, ...body } = bodyOf(octets);
      const result = await send(connection, message({ body: { ...body, path: await fileOf(octets) } }));
      expect(told(result)).to.deep.equal(['message 552']);
      expect(result.clean).to.equal(false);
    });

    it('is not delivered by a 250 that comes before the end', async () => {
      const { connection } = await meet({
        on: { DATA: (_line, session) => (session.say('354 Go'), session.say('250 Thanks'), SILENT) },
      });
      const octets = Buffer.alloc(8_000_000, 'x');
      const { chunks: _, ...body } = bodyOf(octets);
      const result = await send(connection, message({ body: { ...body, path: await fileOf(octets) } }));
      expect(told(result)).to.deep.equal(['connection 451']);
      expect(result.clean).to.equal(false);
    });
  });

  it('never ends a message whose chunks are not all there', async () => {
    const { sink, connection } = await meet();
    const result = await send(connection, message({ body: { ...bodyOf(TEXT), sizeBytes: 1_000 } }));
    expect(result).to.include({ clean: false, localFault: true });
    expect(sink.messages).to.have.length(0);
  });

  it('sends 8-bit octets unchanged to a host without 8BITMIME', async () => {
    const { sink, connection } = await meet({ extensions: ['PIPELINING'] });
    const body = bodyOf('Subject: x\r\n\r\nfünf\r\n');
    expect(told(await send(connection, message({ body })))).to.deep.equal(['message 250']);
    expect(sink.messages[0]?.octets.equals(body.chunks![0]!)).to.equal(true);
    expect(sink.messages[0]?.mail).not.to.include('BODY');
  });

  it('bounces without sending what the host has no room for', async () => {
    const { sink, connection } = await meet({ extensions: ['PIPELINING', 'SIZE 10'] });
    const result = await send(connection);
    expect([result.recipients[0]?.reply.enhanced, result.clean]).to.deep.equal(['5.3.4', true]);
    expect(sink.commands).to.deep.equal([]);
  });

  it('bounces without sending a UTF-8 header to a host without SMTPUTF8', async () => {
    const { sink, connection } = await meet({ extensions: LOCKSTEP });
    const result = await send(
      connection,
      message({ smtpUtf8: true, body: bodyOf('Subject: fünf\r\n\r\nx\r\n') }),
    );
    expect(result.recipients[0]?.reply.enhanced).to.equal('5.6.7');
    expect(sink.commands).to.deep.equal([]);
  });

  it('sends to a host without SMTPUTF8 what only declared it', async () => {
    const { connection } = await meet({ extensions: LOCKSTEP });
    const body = bodyOf('Subject: five\r\n\r\nfünf\r\n');
    expect(told(await send(connection, message({ smtpUtf8: true, body })))).to.deep.equal(['message 250']);
  });

  for (const [how, extensions] of [
    ['with PIPELINING', undefined],
    ['without PIPELINING', LOCKSTEP],
  ] as const)
    describe(how, () => {
      const offer = extensions ? { extensions } : {};
      const refuseBad = (line: string): string =>
        line.includes('bad') ? '550 5.1.1 Nobody' : '250 2.1.5 OK';
      const mixed = (): Outgoing => message({ to: ['good@example.com', 'bad@example.com'] });

      it('delivers to those accepted when others are refused', async () => {
        const { sink, connection } = await meet({ ...offer, on: { RCPT: refuseBad } });
        const result = await send(connection, mixed());
        expect(told(result)).to.deep.equal(['message 250', 'rcpt 550']);
        expect([result.clean, sink.messages[0]?.rcpts.length]).to.deep.equal([true, 1]);
      });

      it('stands at a boundary when the sender is refused', async () => {
        const { sink, connection } = await meet({
          ...offer,
          on: { MAIL: '550 5.7.1 No', RCPT: '503 Need MAIL', DATA: '503 Need RCPT' },
        });
        const result = await send(connection);
        expect(told(result)).to.deep.equal(['mail 550']);
        expect(result).to.include({ clean: true, fault: undefined });
        expect(sink.commands.at(-1)).to.equal('RSET');
      });

      it('stands at a boundary when all recipients and DATA are refused', async () => {
        const { sink, connection } = await meet({
          ...offer,
          on: { RCPT: '550 5.1.1 Nobody', DATA: '554 5.5.1 No valid recipients' },
        });
        const result = await send(connection);
        expect(told(result)).to.deep.equal(['rcpt 550']);
        expect([result.clean, sink.commands.at(-1)]).to.deep.equal([true, 'RSET']);
        expect(sink.messages).to.have.length(0);
      });

      it('stands at a boundary when DATA is refused', async () => {
        const { connection } = await meet({ ...offer, on: { DATA: '451 4.3.0 Not now' } });
        const result = await send(connection);
        expect([told(result), result.clean]).to.deep.equal([['data 451'], true]);
      });

      it('stands at a boundary when the message is refused', async () => {
        const { connection } = await meet({ ...offer, on: { message: '554 5.7.1 Spam' } });
        const result = await send(connection);
        expect([told(result), result.clean]).to.deep.equal([['message 554'], true]);
      });

      it('asks before it sends to some only', async () => {
        const { connection } = await meet({ ...offer, on: { RCPT: refuseBad } });
        const asked: number[][] = [];
        await send(connection, mixed(), {
          proceed: (replies) => (asked.push(replies.map(({ code }) => code)), true),
        });
        expect(asked).to.deep.equal([[250, 550]]);
      });

      it('does not ask when all are accepted, nor when none is', async () => {
        const proceed = (): never => expect.fail('asked');
        const all = await meet(offer);
        expect(told(await send(all.connection, message(), { proceed }))).to.deep.equal(['message 250']);
        const none = await meet({ ...offer, on: { RCPT: '550 5.1.1 Nobody', DATA: '503 No' } });
        expect(told(await send(none.connection, message(), { proceed }))).to.deep.equal(['rcpt 550']);
      });

      it('delivers to nobody when the answer is no', async () => {
        const { sink, connection } = await meet({ ...offer, on: { RCPT: refuseBad } });
        const result = await send(connection, mixed(), { proceed: () => Promise.resolve(false) });
        expect(told(result)).to.deep.equal(['check 451', 'rcpt 550']);
        expect(result).to.include({ abandoned: true, clean: extensions !== undefined, localFault: false });
        connection.wire.destroy();
        await sink.sessions[0]?.closed;
        expect(sink.messages).to.have.length(0);
      });

      it('delivers to nobody when the question fails', async () => {
        const { connection } = await meet({ ...offer, on: { RCPT: refuseBad } });
        const result = await send(connection, mixed(), { proceed: () => Promise.reject(new Error('no')) });
        expect(told(result)).to.deep.equal(['check 451', 'rcpt 550']);
      });

      for (const verb of ['MAIL', 'RCPT', 'DATA', 'message'] as const)
        it(`defers and is over when the host says 421 to ${verb}`, async () => {
          const { connection } = await meet({ ...offer, on: { [verb]: '421 4.3.2 Closing' } });
          const result = await send(connection);
          expect(told(result)).to.deep.equal([`${verb.toLowerCase()} 421`]);
          expect(result).to.include({ clean: false, retryFresh: false });
          expect(result.fault?.kind).to.equal('unavailable');
        });

      for (const verb of ['MAIL', 'RCPT', 'DATA'] as const)
        it(`defers when the host hangs up on ${verb}`, async () => {
          const { connection } = await meet({ ...offer, on: { [verb]: HANG_UP } });
          const result = await send(connection);
          expect(told(result)).to.deep.equal(['connection 451']);
          expect(result.recipients[0]).to.include({ uncertain: false });
          expect(result).to.include({ clean: false, retryFresh: false });
          expect(result.fault?.kind).to.equal('lost');
        });

      it('says that the message may have arrived when the host hangs up after the dot', async () => {
        const { connection } = await meet({ ...offer, on: { message: HANG_UP } });
        const result = await send(connection);
        expect(result.recipients[0]).to.include({ stage: 'connection', uncertain: true });
        expect(result.recipients[0]?.reply.text).to.include('may have arrived');
        expect(result).to.include({ clean: false, retryFresh: false });
      });

      it('says that the message may have arrived when the host is silent after the dot', async () => {
        const { connection } = await meet({ ...offer, on: { message: SILENT } });
        const result = await send(connection, message(), { timeouts: { ...PATIENT, messageMs: 20 } });
        expect(result.recipients[0]).to.include({ uncertain: true });
        expect([result.clean, result.fault?.kind]).to.deep.equal([false, 'timeout']);
      });

      it('defers when the host is silent', async () => {
        const { connection } = await meet({ ...offer, on: { DATA: SILENT } });
        const result = await send(connection, message(), { timeouts: { ...PATIENT, commandMs: 20 } });
        expect(told(result)).to.deep.equal(['connection 451']);
        expect(result.recipients[0]?.reply.text).to.include(
          '127.0.0.1 did not answer in time before its reply to DATA',
        );
        expect(connection.wire.usable).to.equal(false);
      });

      for (const verb of ['MAIL', 'RCPT', 'DATA'] as const)
        it(`wants a fresh session when a used one says 503 to ${verb}`, async () => {
          const { connection } = await meet({
            ...offer,
            on: {
              [verb]: (_line: string, { messages }: { messages: number }) =>
                messages === 0 ? defaultFor(verb) : '503 5.5.1 Out of order',
            },
          });
          expect((await send(connection)).clean).to.equal(true);
          expect(await send(connection)).to.include({ clean: false, retryFresh: true });
        });

      it('wants no fresh session when the first transaction is answered out of step', async () => {
        const { connection } = await meet({ ...offer, on: { MAIL: '503 5.5.1 Out of order' } });
        expect(await send(connection)).to.include({ clean: false, retryFresh: false });
      });

      it('wants a fresh session when a used one is closed by 421 or hung up on', async () => {
        for (const answer of ['421 4.4.2 Idle too long', HANG_UP] as const) {
          const { connection } = await meet({
            ...offer,
            on: { MAIL: (_line, { messages }) => (messages === 0 ? '250 2.1.0 OK' : answer) },
          });
          await send(connection);
          expect(await send(connection)).to.include({ clean: false, retryFresh: true });
        }
      });

      it('wants no fresh session once the dot is sent', async () => {
        const { connection } = await meet({
          ...offer,
          on: { message: (_line, { messages }) => (messages === 0 ? '250 2.0.0 Taken' : HANG_UP) },
        });
        await send(connection);
        expect(await send(connection)).to.include({ clean: false, retryFresh: false });
      });
    });

  it('drops the session rather than deliver an empty message when DATA is taken without recipients', async () => {
    const { sink, connection } = await meet({ on: { RCPT: '550 5.1.1 Nobody' } });
    const result = await send(connection);
    expect([told(result), result.clean]).to.deep.equal([['rcpt 550'], false]);
    connection.wire.destroy();
    await sink.sessions[0]?.closed;
    expect(sink.messages).to.have.length(0);
  });

  it('is not clean when RSET is not taken', async () => {
    const { connection } = await meet({
      on: { message: '451 x', RSET: '500 What', DATA: '451 4.3.0 Not now' },
    });
    expect((await send(connection)).clean).to.equal(false);
  });

  it('is not clean when the host says more than it was asked', async () => {
    const { connection } = await meet({ on: { message: '250 2.0.0 Taken\r\n250 2.0.0 And again' } });
    const result = await send(connection);
    expect([told(result), result.clean]).to.deep.equal([['message 250'], false]);
  });

  it('keeps to a deadline whatever it waits for', async () => {
    const { connection } = await meet({
      on: { RCPT: (line) => (line.includes('bad') ? '550 No' : '250 OK') },
    });
    const outgoing = message({ to: ['good@example.com', 'bad@example.com'] });
    const result = await send(connection, outgoing, {
      proceed: () => {
        connection.wire.setDeadline(performance.now() + 5);
        return new Promise<boolean>(() => undefined);
      },
    });
    expect(told(result)).to.deep.equal(['connection 451', 'rcpt 550']);
  });

  it('reads replies of many lines cut anywhere', async () => {
    const { connection } = await meet({
      on: {
        message: (_line, session) => (
          session.say('250-2.0.0 Taken'),
          session.say('250-2.0.0 and'),
          '250 2.0.0 kept'
        ),
      },
    });
    expect((await send(connection)).recipients[0]?.reply.text).to.equal('Taken and kept');
  });
});

function defaultFor(verb: 'MAIL' | 'RCPT' | 'DATA'): string {
  return verb === 'DATA' ? '354 Go ahead' : '250 2.1.0 OK';
}
