/** Files that stand in a body by yEnc (yEnc draft 1.3), which some mail programs show as attachments. Pure. */
import type { EmbeddedFile } from './uuencoded.ts';

const BEGIN = Buffer.from('=ybegin ', 'latin1');
const END = Buffer.from('\n=yend', 'latin1');
const LINE_CHARACTERS = 1_000;
const SHIFT = 42;
const ESCAPED = 64;
const ESCAPE = 0x3d;
const LETTER_Y = 0x79;
const LF = 0x0a;
const CR = 0x0d;

export function* yencFilesIn(octets: Buffer): Iterable<EmbeddedFile> {
  for (let at = octets.indexOf(BEGIN); at !== -1; at = octets.indexOf(BEGIN, at)) {
    const line = octets.toString('latin1', at, Math.min(endOfLine(octets, at), at + LINE_CHARACTERS));
    const name = /\bname=([^\r\n]*)/.exec(line)?.[1]?.trim() ?? '';
    const startsLine = at === 0 || octets[at - 1] === LF;
    at = endOfLine(octets, at) + 1;
    if (!startsLine) continue;
    const file = decoded(octets, at);
    at = file.end;
    if (file.octets.length > 0) yield { name, octets: file.octets };
  }
}

function endOfLine(octets: Buffer, from: number): number {
  const lf = octets.indexOf(LF, from);
  return lf === -1 ? octets.length : lf;
}

/** Up to `=yend`; lines as `=ypart` are no data. */
function decoded(octets: Buffer, from: number): { octets: Buffer; end: number } {
  const last = octets.indexOf(END, from - 1);
  const end = last === -1 ? octets.length : last + 1;
  const out = Buffer.allocUnsafe(Math.max(0, end - from));
  let length = 0;
  let at = from;
  while (at < end) {
    const octet = octets[at]!;
    at += 1;
    if (octet === CR || octet === LF) continue;
    if (octet !== ESCAPE) {
      out[length] = (octet - SHIFT) & 0xff;
      length += 1;
    } else if (octets[at] === LETTER_Y) at = endOfLine(octets, at) + 1;
    else {
      out[length] = ((octets[at] ?? 0) - ESCAPED - SHIFT) & 0xff;
      length += 1;
      at += 1;
    }
  }
  return { octets: out.subarray(0, length), end };
}
