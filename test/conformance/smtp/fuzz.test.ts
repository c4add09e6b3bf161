/** Whatever a client sends: no exception, nothing but replies, and the next client is served. */
import { connect, type AddressInfo } from 'node:net';
import { expect } from 'chai';
import fc from 'fast-check';
import { describe, it } from 'mocha';
import { withListener, type Recording, type RecordingOptions } from '../../support/recording-listener.ts';
import { connectTo } from '../../support/wire.ts';

const word = fc.constantFrom(
  'EHLO',
  'HELO',
  'MAIL FROM:',
  'RCPT TO:',
  'DATA',
  'BDAT 7',
  'BDAT 0 LAST',
  'BDAT 40 LAST',
  'RSET',
  'NOOP',
  'AUTH PLAIN',
  'AUTH LOGIN',
  'VRFY',
  'HELP',
  'EXPN',
  '<>',
  '<a@example.com>',
  '<slow@example.com>',
  '<fault@example.com>',
  '<broken@example.com>',
  'SIZE=',
  'BODY=8BITMIME',
  'SMTPUTF8',
  'client.example',
  ' ',
  '.',
  '\r\n',
  '\r\n.\r\n',
  '\r',
  '\n',
  '\0',
  'é',
);
const line = fc
  .array(word, { minLength: 1, maxLength: 5 })
  .map((words) => Buffer.from(`${words.join(' ')}\r\n`));
const bytes = fc.uint8Array({ maxLength: 200 }).map((octets) => Buffer.from(octets));
const sensible = fc.constantFrom(
  ...[
    'EHLO x',
    'MAIL FROM:<a@example.com>',
    'RCPT TO:<b@example.com>',
    'DATA',
    '.',
    'BDAT 9',
    'BDAT 12 LAST',
    'STARTTLS',
    'QUIT',
  ].map((text) => Buffer.from(`${text}\r\n`)),
);
const soup = fc.array(fc.oneof({ weight: 3, arbitrary: sensible }, line, bytes), { maxLength: 25 });

/** Sends the pieces, says goodbye and gives back all that the server said. */
function throwAt({ port }: Pick<AddressInfo, 'port'>, pieces: readonly Buffer[]): Promise<Buffer> {
  return new Promise((resolve) => {
    const said: Buffer[] = [];
    const socket = connect({ host: '127.0.0.1', port });
    socket.on('error', () => undefined);
    socket.on('data', (chunk: Buffer) => said.push(chunk));
    socket.on('close', () => resolve(Buffer.concat(said)));
    for (const piece of pieces) socket.write(piece);
    socket.end();
  });
}

async function expectServed(listener: Recording, tls: boolean): Promise<void> {
  const dialogue = await connectTo(listener.address, { tls });
  await dialogue.play('S: 220\nC: EHLO x\nS: ...\nS: 250 \nC: QUIT\nS: 221\n<close>');
}

async function fuzz(options: RecordingOptions, numRuns: number): Promise<void> {
  await withListener(options, async (listener) => {
    const property = fc.asyncProperty(soup, async (pieces) => {
      const said = (await throwAt(listener.address, pieces)).toString('latin1');
      if (options.tls !== 'implicit') {
        const plain = said.split(/(?<=220 2\.0\.0 [^\r]*\r\n)/)[0]!; // after STARTTLS it is TLS that speaks
        expect(plain).to.match(/^(?:[2-5]\d\d[ -][^\r\n\0]*\r\n)*$/);
      }
      await expectServed(listener, options.tls === 'implicit');
    });
    await fc.assert(property, { numRuns });
    await listener.until(() => listener.sessions === 0);
    expect(listener.counter.total).to.equal(0);
    expect(listener.files()).to.deep.equal([]);
    for (const fault of listener.faults)
      expect(String(fault)).to.equal('Error: the recipient table is on fire');
  });
}

describe('random octets and commands', () => {
  it('harm no listener with STARTTLS', async function () {
    this.timeout(60_000);
    await fuzz({ role: 'submission' }, 150);
  });

  it('harm no listener without TLS that writes every message to a file', async function () {
    this.timeout(60_000);
    await fuzz(
      { tls: 'none', limits: { memoryPerMessageBytes: 0 }, smtp: { bareLineEnds: 'normalise' } },
      150,
    );
  });

  it('harm no listener with TLS from the first octet', async function () {
    this.timeout(60_000);
    await fuzz({ tls: 'implicit' }, 30);
  });
});
