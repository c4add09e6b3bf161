import { expect } from 'chai';
import fc from 'fast-check';
import { beforeEach, describe, it } from 'mocha';
import { CommandReader, type ReaderHooks } from '@mailpair/shared/smtp/server/command-reader';
import { DataDecoder } from '@mailpair/shared/smtp/server/data-decoder';

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
        tlsRecord: () => seen.push('(TLS)'),
        ...hooks,
      },
      maxLine,
    );
    return reader;
  }

  function readMessage(reader: CommandReader): void {
    const content: Buffer[] = [];
    reader.startData(new DataDecoder('reject'), {
      push: (piece) => {
        content.push(Buffer.from(piece));
        return undefined;
      },
      end: () => {
        seen.push(`(message ${Buffer.concat(content).toString('latin1')})`);
        if (atOnce) reader.resume();
        else waiting.push(() => reader.resume());
      },
    });
  }

  const write = (reader: CommandReader, octets: string | Buffer): boolean =>
    reader.write(Buffer.from(octets));

  it('gives the lines of one chunk one after the other, without their line ends', () => {
    write(createReader(), 'EHLO a\r\nNOOP\nRSET\r\r\n\r\nQUI');
    expect(seen).to.deep.equal(['EHLO a', 'NOOP', 'RSET\r', '']);
  });

  it('goes back and forth between commands and messages wherever the octets are cut', () => {
    const octets = Buffer.from('NOOP\r\nDATA\r\none\r\n..two\r\n.\r\nNOOP\r\nDATA\r\n.\r\nQUIT\r\n');
    fc.assert(
      fc.property(fc.array(fc.nat(octets.length)), (cuts) => {
        seen = [];
        const reader = createReader();
        const places = [...new Set([...cuts, octets.length])].sort((a, b) => a - b);
        for (const [i, to] of places.entries()) write(reader, octets.subarray(places[i - 1] ?? 0, to));
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

  it('keeps nothing of a chunk but what it copied, so that the next may come in the same place', () => {
    const octets = Buffer.from('DATA\r\none\r\n..two\r\n.\r\nNOOP\r\n');
    const place = Buffer.alloc(octets.length);
    for (let size = 1; size <= octets.length; size += 1) {
      seen = [];
      const reader = createReader();
      for (let from = 0; from < octets.length; from += size) {
        const part = octets.copy(place, 0, from, from + size);
        reader.write(place.subarray(0, part));
        place.fill('#');
      }
      expect(seen).to.deep.equal(['DATA', '(message one\r\n.two\r\n)', 'NOOP']);
    }
  });

  it('gives no line before the one before it was answered', () => {
    atOnce = false;
    write(createReader(), 'ONE\r\nTWO\r\n');
    expect(seen).to.deep.equal(['ONE']);
    waiting.shift()!();
    expect(seen).to.deep.equal(['ONE', 'TWO']);
  });

  it('keeps a little that the client sent ahead of an answer, and holds it back beyond 64 KB', () => {
    atOnce = false;
    const reader = createReader();
    let drained = 0;
    reader.on('drain', () => (drained += 1));
    expect(write(reader, 'DATA\r\nx\r\n.\r\nNOOP\r\n')).to.equal(true);
    waiting.shift()!();
    expect(seen).to.deep.equal(['DATA', '(message x\r\n)']);
    const ahead = 'RSET\r\n'.repeat(12_000);
    expect(write(reader, ahead)).to.equal(false);
    expect(drained).to.equal(0);
    atOnce = true;
    waiting.shift()!();
    expect(drained).to.equal(1);
    expect(seen.slice(2)).to.deep.equal(['NOOP', ...Array<string>(12_000).fill('RSET')]);
  });

  it('holds the client back while the message is being written', async () => {
    const disk = Promise.withResolvers<void>();
    let ended = false;
    const reader: CommandReader = createReader({
      command: (_line, next) => {
        const sink = { push: () => disk.promise, end: () => void (ended = true) };
        reader.startData(new DataDecoder('reject'), sink);
        next();
      },
    });
    expect(write(reader, 'DATA\r\n')).to.equal(true);
    expect(write(reader, 'x\r\n'), 'with not an octet ahead').to.equal(false);
    const drained = new Promise((resolve) => reader.once('drain', resolve));
    disk.resolve();
    await drained;
    expect(ended).to.equal(false);
  });

  it('lets a client go that is held back when it is closed', () => {
    atOnce = false;
    const reader = createReader();
    let drained = 0;
    reader.on('drain', () => (drained += 1));
    write(reader, 'NOOP\r\n');
    expect(write(reader, 'x'.repeat(70_000))).to.equal(false);
    reader.isClosed = true;
    reader.resume();
    expect(drained).to.equal(1);
  });

  it('gives up on a line that is too long, whether its end is there or not', () => {
    for (const line of [`${'x'.repeat(101)}\r\n`, 'x'.repeat(101)]) {
      seen = [];
      const reader = createReader();
      write(reader, `NOOP\r\n${line}`);
      write(reader, 'QUIT\r\n');
      expect(seen).to.deep.equal(['NOOP', '(too long)']);
    }
  });

  it('takes a line that is just short enough', () => {
    write(createReader(), `${'x'.repeat(99)}\r\n`);
    expect(seen).to.deep.equal(['x'.repeat(99)]);
  });

  it('drops what it has when it is closed', () => {
    const reader = createReader({
      command: (line, next) => {
        seen.push(line.toString());
        reader.isClosed = true;
        next();
      },
    });
    write(reader, 'QUIT\r\nNOOP\r\n');
    write(reader, 'NOOP\r\n');
    expect(seen).to.deep.equal(['QUIT']);
  });
});
