/** Files that stand in text by uuencode (POSIX), which some mail programs show as attachments. Pure. */

export interface EmbeddedFile {
  readonly name: string;
  readonly octets: Buffer;
}

const begin = /^begin(-base64)?[ \t]{1,9}[0-7]{3,6}[ \t]{1,9}([^\r\n]{1,255})\r?$/gim;

export function* uuFilesIn(text: string): Iterable<EmbeddedFile> {
  if (!text.includes('begin') && !text.includes('BEGIN')) return;
  const files = new RegExp(begin);
  for (let found = files.exec(text); found; found = files.exec(text)) {
    const from = Math.min(text.length, files.lastIndex + 1);
    const { octets, end } = found[1] === undefined ? decoded(text, from) : base64(text, from);
    files.lastIndex = end;
    if (octets.length > 0) yield { name: found[2]!.trim(), octets };
  }
}

/** Up to `end`. Lines that encode nothing are passed over, as programs do. */
function decoded(text: string, from: number): { octets: Buffer; end: number } {
  const lines: Buffer[] = [];
  let at = from;
  while (at < text.length) {
    const lf = text.indexOf('\n', at);
    const end = lf === -1 ? text.length : lf;
    const line = text.slice(at, Math.min(end, at + 100)).trimEnd();
    at = end + 1;
    if (line === 'end') break;
    const count = line === '' ? 0 : (line.charCodeAt(0) - 32) & 63;
    if (count > 0) lines.push(lineOf(line, count));
  }
  return { octets: Buffer.concat(lines), end: at };
}

function base64(text: string, from: number): { octets: Buffer; end: number } {
  const last = text.indexOf('====', from);
  const end = last === -1 ? text.length : last;
  return { octets: Buffer.from(text.slice(from, end), 'base64'), end };
}

/** Four characters of six bits are three octets. */
function lineOf(line: string, count: number): Buffer {
  const octets = Buffer.alloc(count);
  const six = (at: number): number => (at < line.length ? (line.charCodeAt(at) - 32) & 63 : 0);
  for (let i = 0; i < count; i += 1) {
    const at = 1 + Math.floor(i / 3) * 4 + (i % 3);
    octets[i] = ((six(at) << (2 + (i % 3) * 2)) | (six(at + 1) >> (4 - (i % 3) * 2))) & 0xff;
  }
  return octets;
}
