import { afterEach, beforeEach, describe, it } from 'mocha';
import { expect } from 'chai';
import { ChunkingHosts } from '@mailpair/shared/smtp/client/chunking-hosts';
import { openConnection, type Connection } from '@mailpair/shared/smtp/client/connection';
import type { Outgoing } from '@mailpair/shared/smtp/client/outgoing';
import {
  transact,
  type TransactionOptions,
  type TransactionResult,
} from '@mailpair/shared/smtp/client/transaction';
import {
  ALL_EXTENSIONS,
  HANG_UP,
  openSink,
  type Sink,
  type SinkOptions,
} from '../../../support/smtp-sink.ts';
import { bodyOf, hopTo, message, PATIENT, TEXT } from './fixtures.ts';

const told = ({ recipients }: TransactionResult): string[] =>
  recipients.map(({ stage, reply }) => `${stage} ${reply.code}`);

describe('a transaction in one write, by BDAT', () => {
  const cleanUps: (() => Promise<unknown>)[] = [];
  let hosts: ChunkingHosts;

  beforeEach(() => {
    hosts = new ChunkingHosts(() => Date.now());
  });
  afterEach(async () => {
    for (const cleanUp of cleanUps.splice(0)) await cleanUp();
  });

  /** A session with a host that has taken a chunk before. */
  async function meet(options: SinkOptions = {}): Promise<{ sink: Sink; connection: Connection }> {
    const sink = await openSink({ extensions: [...ALL_EXTENSIONS, 'CHUNKING'], ...options });
    const { port } = sink;
    const address = '127.0.0.1';
    const connection = await openConnection({
      hop: hopTo(port),
      address,
      localName: 'x.example',
      timeouts: PATIENT,
    });
    hosts.took(connection);
    // As the pool leaves it.
    connection.wire.rest(60_000, () => undefined);
    connection.wire.wakeUp();
    cleanUps.push(async () => {
      connection.wire.destroy();
      await sink.close();
    });
    sink.commands.length = sink.pieces.length = 0;
    return { sink, connection };
  }

  const send = (
    connection: Connection,
    outgoing: Outgoing = message(),
    options: Partial<TransactionOptions> = {},
  ): Promise<TransactionResult> =>
    transact(connection, outgoing, { timeouts: PATIENT, chunking: hosts, ...options });

  it('brings the message as it is, dots and all, in one piece with its envelope', async () => {
    const { sink, connection } = await meet();
    const result = await send(
      connection,
      message({ head: 'X: y\r\n', body: bodyOf('.\r\n', '..a\r\n.\r\n') }),
    );
    expect(told(result)).to.deep.equal(['message 250']);
    expect(result.clean).to.equal(true);
    expect(sink.pieces).to.deep.equal([
      'MAIL FROM:<sender@example.org> SIZE=17\r\nRCPT TO:<user@example.com>\r\nBDAT 17 LAST\r\nX: y\r\n.\r\n..a\r\n.\r\n',
    ]);
    expect(sink.messages.map(({ octets }) => octets.toString())).to.deep.equal(['X: y\r\n.\r\n..a\r\n.\r\n']);
    expect(told(await send(connection))).to.deep.equal(['message 250']);
    expect(sink.messages.at(-1)?.octets.toString()).to.equal(TEXT);
  });

  it('is for one recipient, memory, PIPELINING and those who may; others get DATA', async () => {
    const { sink, connection } = await meet();
    const two = message({ to: ['a@example.com', 'b@example.com'] });
    await send(connection, two);
    await send(connection, message(), { chunking: undefined });
    await send(connection, message(), { refusedElsewhere: true });
    await send(connection, message({ body: bodyOf('no end') }));
    expect(sink.commands.filter((line) => /^(DATA|BDAT)/.test(line))).to.deep.equal(Array(4).fill('DATA'));
    for (const extensions of [['CHUNKING'], ['PIPELINING']]) {
      const other = await meet({ extensions });
      await send(other.connection);
      expect(other.sink.commands).to.include('DATA');
    }
  });

  it('is not for a session that was at rest for long', async () => {
    const { sink, connection } = await meet();
    Object.defineProperty(connection.wire, 'restedMs', { value: 1_500 });
    await send(connection);
    expect(sink.commands).to.include('DATA');
  });

  for (const [verb, said, kind] of [
    ['MAIL', '550 5.7.1 No', 'mail 550'],
    ['RCPT', '550 5.1.1 Nobody', 'rcpt 550'],
    ['RCPT', '450 4.2.0 Later', 'rcpt 450'],
    ['message', '554 5.6.0 No', 'message 554'],
    ['message', '452 4.3.1 Full', 'message 452'],
  ] as const)
    it(`stands at a boundary when ${verb} is answered ${said}, and nobody has the message`, async () => {
      let times = 0;
      const { sink, connection } = await meet({
        on: { [verb]: () => ((times += 1) === 1 ? said : '250 2.0.0 OK') },
      });
      const result = await send(connection);
      expect(told(result)).to.deep.equal([kind]);
      expect([result.clean, result.fault, sink.messages.length]).to.deep.equal([true, undefined, 0]);
      expect(sink.commands.at(-1)).to.equal('RSET');
      expect(told(await send(connection))).to.deep.equal(['message 250']);
      expect(sink.messages).to.have.length(1);
    });

  it('says that the message may have arrived when the connection breaks, and wants no fresh session', async () => {
    const { connection } = await meet({ on: { message: HANG_UP } });
    connection.messages = 1;
    const { recipients, retryFresh, clean } = await send(connection);
    expect(recipients[0]).to.include({ stage: 'connection', uncertain: true });
    expect([retryFresh, clean]).to.deep.equal([false, false]);
  });

  it('wants a fresh session when a used one is closed by 421: it does not have what it refused', async () => {
    const { connection } = await meet({ on: { MAIL: '421 4.4.2 Too late' } });
    connection.messages = 1;
    const { recipients, retryFresh, clean } = await send(connection);
    expect(recipients[0]?.uncertain).to.equal(false);
    expect([retryFresh, clean]).to.deep.equal([true, false]);
  });

  it('sends nothing of a message that is not all there', async () => {
    const { sink, connection } = await meet();
    const body = { ...bodyOf(TEXT), sizeBytes: 1_000 };
    const result = await send(connection, message({ body }));
    expect([told(result), result.localFault]).to.deep.equal([['check 451'], true]);
    expect(sink.commands).to.deep.equal(['RSET']);
  });
});
