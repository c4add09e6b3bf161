/** Octets changed by chance, the same for the same seed: bits, lengths, pieces doubled, moved and lost, words that matter. */

/** Mulberry32: numbers from 0 to below 1. */
export function chanceOf(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
  };
}

const words = [
  '\r\n',
  '\r\n\r\n',
  '--b',
  '--b--',
  'Content-Type: multipart/mixed; boundary=b\r\n',
  'Content-Type: message/rfc822\r\n\r\n',
  'Content-Transfer-Encoding: base64\r\n',
  '; filename*0*=',
  "utf-8''%41",
  '=?utf-8?b?',
  '?=',
  '=\r\n',
  '=3D',
  '<a href="http://x.test/',
  '<!--',
  '-->',
  '<div style="display:none">',
  '</div>',
  '&#x41;',
  'http://',
  'begin 644 a\r\n',
  'PK\x03\x04',
  'PK\x01\x02',
  'PK\x05\x06',
  '\x1f\x8b',
  'MZ',
  '\0',
  '\xff\xff\xff\xff',
  '"',
  '(',
  '<',
].map((word) => Buffer.from(word, 'latin1'));

const MOST_CHANGES = 6;
const LONGEST = 64 * 1024;

export function mutate(seed: Buffer, other: Buffer, chance: () => number): Buffer {
  let octets: Buffer = Buffer.from(seed);
  const pick = (below: number): number => Math.floor(chance() * below);
  const changes = 1 + pick(MOST_CHANGES);
  for (let change = 0; change < changes; change += 1) {
    const at = pick(octets.length + 1);
    const to = Math.min(octets.length, at + 1 + pick(64));
    const [before, piece, after] = [octets.subarray(0, at), octets.subarray(at, to), octets.subarray(to)];
    const kind = pick(8);
    if (kind <= 1 && at < octets.length)
      octets[at] = kind === 0 ? pick(256) : (octets[at] ?? 0) ^ (1 << pick(8));
    else if (kind === 2) octets = Buffer.concat([before, words[pick(words.length)]!, piece, after]);
    else if (kind === 3) octets = Buffer.concat([before, after]);
    else if (kind === 4) octets = Buffer.concat([before, piece, piece, after]);
    else if (kind === 5) octets = Buffer.concat([before, other.subarray(pick(other.length + 1))]);
    else if (kind === 6) octets = octets.subarray(0, at);
    else if (at + 4 <= octets.length)
      octets.writeUInt32LE(pick(2) === 0 ? 0xffffffff - pick(3) : pick(1 << 16), at);
  }
  return octets.length > LONGEST ? octets.subarray(0, LONGEST) : octets;
}
