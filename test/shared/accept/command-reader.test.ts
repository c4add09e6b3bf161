import { expect } from 'chai';
import fc from 'fast-check';
import { beforeEach, describe, it } from 'mocha';
import { CommandReader, type ReaderHooks } from '@mailpair/shared/accept/command-reader';

describe('the reader of commands', () => {
  let seen: string[];
  /** Waiting to go on after a command. */
  let waiting: (() => void)[];
  let atOnce: boolean;

  beforeEach(() => {
    seen = [];
    waiting = [];
    atOnce = true;
  });

  /** A reader that notes all that happens; `DATA` begins a message. */
  function createReader(hooks: Partial<ReaderHooks> = {}, maxLine = 100): CommandReader {
    const reader: CommandReader = new CommandReader(
      {
        command: (line, next) => {
          seen.push(line.toString('latin1'));
          if (line.toString() === 'DATA') readMessage(reader);
          if (atOnce) next();
          else waiting.push(next);
        },
        lineTooLong: () => seen.push('(too long)'),
        cork: () => undefined,
        uncork: () => undefined,
        ...hooks,
      },
      maxLine,
    );
    return reader;
  }

  function readMessage(reader: CommandReader): void {
    const content: Buffer[] = [];
    reader.startData('reject', {
      push: (piece) => {
        content.push(piece);
        return undefined;
      },
      end: () => {
        seen.push(`(message ${Buffer.concat(content).toString('latin1')})`);
        if (atOnce) reader.resume();
        else waiting.push(() => reader.resume());
      },
    });
  }

  const write = (reader: CommandReader, octets: string | Buffer): Promise<void> =>
    new Promise((resolve, reject) => {
      reader.write(Buffer.from(octets), (error) => (error ? reject(error) : resolve()));
    });

  it('gives the lines of one chunk one after the other, without their line ends', async () => {
    await write(createReader(), 'EHLO a\r\nNOOP\nRSET\r\r\n\r\nQUI');
    expect(seen).to.deep.equal(['EHLO a', 'NOOP', 'RSET\r', '']);
  });

  it('goes back and forth between commands and messages wherever the octets are cut', async () => {
    const octets = Buffer.from('NOOP\r\nDATA\r\none\r\n..two\r\n.\r\nNOOP\r\nDATA\r\n.\r\nQUIT\r\n');
    await fc.assert(
      fc.asyncProperty(fc.array(fc.nat(octets.length)), async (cuts) => {
        seen = [];
        const reader = createReader();
        const places = [...new Set([...cuts, octets.length])].sort((a, b) => a - b);
        for (const [i, to] of places.entries()) await write(reader, octets.subarray(places[i - 1] ?? 0, to));
        expect(seen).to.deep.equal([
          'NOOP',
          'DATA',
          '(message one\r\n.two\r\n)',
          'NOOP',
          'DATA',
          '(message )',
          'QUIT',
        ]);
      }),
    );
  });

  it('gives no line before the one before it was answered', async () => {
    atOnce = false;
    const reader = createReader();
    const written = write(reader, 'ONE\r\nTWO\r\n');
    expect(seen).to.deep.equal(['ONE']);
    waiting.shift()!();
    expect(seen).to.deep.equal(['ONE', 'TWO']);
    waiting.shift()!();
    await written;
  });

  it('takes no more from the client while a command or a message waits for its answer', async () => {
    atOnce = false;
    const reader = createReader();
    let isTaken = false;
    const written = write(reader, 'DATA\r\nx\r\n.\r\nQUIT\r\n').then(() => (isTaken = true));
    waiting.shift()!();
    expect(seen).to.deep.equal(['DATA', '(message x\r\n)']);
    await Promise.resolve();
    expect(isTaken).to.equal(false);
    waiting.shift()!();
    waiting.shift()!();
    await written;
    expect(seen.at(-1)).to.equal('QUIT');
  });

  it('holds the client back while the message is being written', async () => {
    const disk = Promise.withResolvers<void>();
    let ended = false;
    const reader: CommandReader = createReader({
      command: (_line, next) => {
        const sink = { push: () => disk.promise, end: () => void (ended = true) };
        reader.startData('reject', sink);
        next();
      },
    });
    let isTaken = false;
    const written = write(reader, 'DATA\r\nx\r\n').then(() => (isTaken = true));
    const end = write(reader, '.\r\n');
    await Promise.resolve();
    expect({ isTaken, ended }).to.deep.equal({ isTaken: false, ended: false });
    disk.resolve();
    await written;
    reader.isClosed = true;
    reader.resume();
    await end;
    expect(ended).to.equal(true);
  });

  it('gives up on a line that is too long, whether its end is there or not', async () => {
    for (const line of [`${'x'.repeat(101)}\r\n`, 'x'.repeat(101)]) {
      seen = [];
      const reader = createReader();
      await write(reader, `NOOP\r\n${line}`);
      await write(reader, 'QUIT\r\n');
      expect(seen).to.deep.equal(['NOOP', '(too long)']);
    }
  });

  it('takes a line that is just short enough', async () => {
    await write(createReader(), `${'x'.repeat(99)}\r\n`);
    expect(seen).to.deep.equal(['x'.repeat(99)]);
  });

  it('drops what it has when it is closed', async () => {
    const reader = createReader({
      command: (line, next) => {
        seen.push(line.toString());
        reader.isClosed = true;
        next();
      },
    });
    await write(reader, 'QUIT\r\nNOOP\r\n');
    await write(reader, 'NOOP\r\n');
    expect(seen).to.deep.equal(['QUIT']);
  });

  it('corks once for all commands of a chunk', async () => {
    const marks: string[] = [];
    const reader = createReader({
      command: (line, next) => {
        marks.push(line.toString());
        next();
      },
      cork: () => marks.push('cork'),
      uncork: () => marks.push('uncork'),
    });
    await write(reader, 'A\r\nB\r\nC\r\n');
    expect(marks).to.deep.equal(['cork', 'A', 'B', 'C', 'uncork']);
  });
});
