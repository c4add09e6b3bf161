/** What a client sends after DATA or in chunks, before anything is made of it: the same however the network cuts it. */
import { CommandReader } from '@mailpair/shared/smtp/server/command-reader';
import { DataDecoder } from '@mailpair/shared/smtp/server/data-decoder';
import { DotStuffing } from '@mailpair/shared/platform/fast/dot-stuffing';
import { must, piecesOf, type TargetFile } from '../target.ts';

type LineEnds = 'reject' | 'normalise';

interface Decoded {
  readonly content: Buffer;
  readonly rest: Buffer | undefined;
  readonly bare: boolean;
}

export const smtpOctets: TargetFile = {
  name: 'smtp-octets',
  open: () => ({
    name: 'smtp-octets',
    seeds: [
      'Subject: x\r\n\r\n..dot\r\n.\r\nMAIL FROM:<a@b.test>\r\n',
      'a\r\n.\n.\r\nb\r\n\n.\r\n.\r\n',
      'a\r.\r\n.\r\r\n.\r\n\0b\r\n.\r\n',
      `${'x'.repeat(300)}\r\n${'.y'.repeat(100)}\r\n.\r\nQUIT\r\n`,
      'EHLO x\r\nBDAT 5\r\nabc\r\nBDAT 0 LAST\r\nDATA\r\nx\r\n.\r\nRSET\r\n',
    ].map((text) => Buffer.from(text)),
    words: [
      '\r\n.\r\n',
      '\n.\n',
      '\r.\r',
      '\r\n',
      '\r',
      '\n',
      '.',
      '\0',
      '\r\n..',
      'DATA\r\n',
      'BDAT 7\r\n',
      'BDAT 3 LAST\r\n',
    ],
    longestBytes: 16 * 1024,
    budgetMs: 100,
    run(input) {
      for (const lineEnds of ['reject', 'normalise'] as const)
        for (const framing of ['dots', 'chunks'] as const) checkDecoder(input, lineEnds, framing);
      checkReader(input);
    },
  }),
};

function decode(pieces: Iterable<Buffer>, lineEnds: LineEnds, framing: 'dots' | 'chunks'): Decoded {
  const decoder = new DataDecoder(lineEnds, framing);
  const content: Buffer[] = [];
  const rest: Buffer[] = [];
  const emit = (piece: Buffer): void => void content.push(Buffer.from(piece));
  for (const piece of pieces) {
    if (decoder.ended) rest.push(piece);
    else {
      const left = decoder.feed(piece, emit);
      if (left) rest.push(Buffer.from(left));
    }
  }
  if (!decoder.ended) decoder.finish(emit);
  return {
    content: Buffer.concat(content),
    rest: decoder.ended ? Buffer.concat(rest) : undefined,
    bare: decoder.bareLineEnd,
  };
}

const bareLineEnd = /\r(?!\n)|(?<!\r)\n|\0/;

function checkDecoder(input: Buffer, lineEnds: LineEnds, framing: 'dots' | 'chunks'): void {
  const whole = decode([Buffer.from(input)], lineEnds, framing);
  const cut = decode(piecesOf(Buffer.from(input)), lineEnds, framing);
  must(whole.content.equals(cut.content), 'the decoder gives other content when the octets are cut');
  must(String(whole.rest) === String(cut.rest), 'the decoder ends elsewhere when the octets are cut');
  must(whole.bare === cut.bare, 'the decoder sees bare line ends by how the octets are cut');
  const text = whole.content.toString('latin1');
  if (!whole.bare || lineEnds === 'normalise')
    must(!bareLineEnd.test(text), 'content with a bare line end or NUL is passed on unmarked');
  if (framing === 'chunks' || whole.rest === undefined || whole.bare) return;
  // The next hop that undoes our dot-stuffing has the same message, and nothing behind it.
  const stuffing = new DotStuffing();
  const sent = Buffer.concat([
    ...[...piecesOf(whole.content, 7)].map((piece) => stuffing.add(piece)),
    stuffing.end(),
  ]);
  const received = decode([sent], 'reject', 'dots');
  must(received.content.equals(whole.content), 'dot-stuffing and its undoing give another message');
  must(received.rest?.length === 0, 'something of a message is left behind its end');
}

/** Commands and messages in the order in which the reader hands them on. */
function read(pieces: Iterable<Buffer>): string[] {
  const seen: string[] = [];
  const reader: CommandReader = new CommandReader({
    command(line, next) {
      const text = line.toString('latin1');
      seen.push(`C ${text}`);
      const chunk = /^BDAT (\d{1,4})/i.exec(text);
      if (/^DATA$/i.test(text)) takeMessage(reader, seen);
      else if (chunk) takeChunk(reader, seen, Number(chunk[1]));
      next();
    },
    lineTooLong: () => void seen.push('too long'),
    tlsRecord: () => void seen.push('TLS'),
  });
  for (const piece of pieces) reader.write(Buffer.from(piece));
  return seen;
}

function takeMessage(reader: CommandReader, seen: string[]): void {
  let content = '';
  reader.startData(new DataDecoder('reject'), {
    push(piece) {
      content += piece.toString('latin1');
      return undefined;
    },
    end() {
      seen.push(`M ${content}`);
      reader.resume();
    },
  });
}

function takeChunk(reader: CommandReader, seen: string[], bytes: number): void {
  let content = '';
  reader.startChunk(bytes, {
    take(octets) {
      content += octets.toString('latin1');
      return undefined;
    },
    end() {
      must(content.length === bytes, 'a chunk has another number of octets than it says');
      seen.push(`B ${content}`);
      reader.resume();
    },
  });
}

function checkReader(input: Buffer): void {
  const whole = read([input]);
  const cut = read(piecesOf(input, 3));
  must(JSON.stringify(whole) === JSON.stringify(cut), 'commands differ when the octets are cut');
  for (const line of whole)
    must(!line.startsWith('C ') || !line.includes('\n'), 'a command holds a line end');
}
