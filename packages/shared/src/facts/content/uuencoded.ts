/** Files that stand in text by uuencode (POSIX), which some mail programs show as attachments. Pure. */

const begin = /^begin [0-7]{3,4} ([^\r\n]{1,255})\r?$/;
const FILES = 20;

export interface UuFile {
  readonly name: string;
  readonly octets: Buffer;
}

export function* uuFilesIn(text: string): Iterable<UuFile> {
  if (!text.includes('begin ')) return;
  const files = new RegExp(begin, 'gm');
  let count = 0;
  for (let found = files.exec(text); found && count < FILES; found = files.exec(text)) {
    count += 1;
    const { octets, end } = decoded(text, files.lastIndex + 1);
    files.lastIndex = Math.max(files.lastIndex, end);
    if (octets.length > 0) yield { name: found[1]!.trim(), octets };
  }
}

function decoded(text: string, from: number): { octets: Buffer; end: number } {
  const lines: Buffer[] = [];
  let at = from;
  while (at < text.length) {
    const lf = text.indexOf('\n', at);
    const end = lf === -1 ? text.length : lf;
    const line = text.slice(at, Math.min(end, at + 100)).trimEnd();
    at = end + 1;
    const count = line === '' ? 0 : (line.charCodeAt(0) - 32) & 63;
    if (count === 0 || line.startsWith('end')) break;
    lines.push(lineOf(line, count));
  }
  return { octets: Buffer.concat(lines), end: at };
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
