import { once } from 'node:events';
import { createServer, type AddressInfo, type Server, type Socket } from 'node:net';
import { exchange } from '@mailpair/planner/dns-rr/exchange';
import { UpdateFault } from '@mailpair/planner/dns-rr/faults';
import { parseKeyFile } from '@mailpair/planner/dns-rr/key-file';
import { composeQuery } from '@mailpair/shared/platform/dns/dns-message';
import { expect } from 'chai';
import { afterEach, describe, it } from 'mocha';
import { rejection } from '../../support/rejection.ts';
import { captured } from './captured.ts';

const key = parseKeyFile(captured.keyLine);

describe('a question to a name server', () => {
  let server: Server | undefined;
  const sockets = new Set<Socket>();

  afterEach(() => {
    for (const socket of sockets) socket.destroy();
    server?.close();
  });

  /** What is told of a server that does this with a question. */
  async function faultOf(
    answer: (question: Buffer, socket: Socket) => void,
    timeoutMs = 2_000,
  ): Promise<string> {
    server = createServer((socket) => {
      sockets.add(socket.on('error', () => socket.destroy()));
      socket.on('data', (piece: Buffer) => answer(piece.subarray(2), socket));
    });
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    const { port } = server.address() as AddressInfo;
    const asked = {
      server: { host: '127.0.0.1', port },
      keyName: key.name,
      keyFile: '/etc/mailpair/dns.key',
      host: 'mx-in.example.com',
      zone: 'example.com',
      change: false,
    };
    const error = await rejection(
      exchange({ asked, key, timeoutMs, clock: { now: () => captured.nowMs } }, (id) =>
        composeQuery(id, { name: asked.host, type: 'A' }),
      ),
    );
    expect(error).to.be.instanceOf(UpdateFault);
    return error.message;
  }

  const sized = (message: Buffer): Buffer =>
    Buffer.concat([Buffer.of(message.length >> 8, message.length), message]);

  it('that is silent ends in time', async () => {
    expect(await faultOf(() => undefined, 50)).to.include('no answer within 50 ms');
  });

  it('that hangs up is a fault', async () => {
    expect(await faultOf((_question, socket) => socket.destroy())).to.match(
      /closes the connection|ECONNRESET/,
    );
  });

  it('that answers nonsense is a fault', async () => {
    expect(await faultOf((_question, socket) => socket.write(sized(Buffer.from('nonsense'))))).to.include(
      'malformed',
    );
  });

  it('is not answered by the answer to another', async () => {
    expect(await faultOf((_question, socket) => socket.write(sized(captured.answer)))).to.include(
      'another question',
    );
  });

  it('is not answered by a genuine answer to another with its id', async () => {
    const told = await faultOf((question, socket) => {
      const answer = Buffer.from(captured.answer);
      question.copy(answer, 0, 0, 2);
      socket.write(sized(answer));
    });
    expect(told).to.include('cannot be verified: its signature is wrong');
  });

  it('is not answered without a signature', async () => {
    const told = await faultOf((question, socket) => {
      const answer = Buffer.from(question.subarray(0, 35));
      answer[2]! |= 0x84;
      answer.writeUInt16BE(0, 10);
      socket.write(sized(answer));
    });
    expect(told).to.include('without a signature, which is not believed');
  });

  it('that is refused without a signature is told as refused', async () => {
    const told = await faultOf((question, socket) => {
      const answer = Buffer.from(question.subarray(0, 35));
      answer.writeUInt16BE(0x8005, 2);
      answer.writeUInt16BE(0, 10);
      socket.write(sized(answer));
    });
    expect(told).to.include('does not answer questions about mx-in.example.com').and.include('(REFUSED)');
  });

  it('takes an answer that comes in pieces', async () => {
    const told = await faultOf((_question, socket) => {
      const octets = sized(captured.answer);
      socket.write(octets.subarray(0, 1));
      setImmediate(() => socket.write(octets.subarray(1)));
    });
    expect(told).to.include('another question');
  });
});
