/** Values as master files write them (RFC 1035 §5.1, RFC 6698 §2.2, RFC 8659 §4.1.1), one text each. Pure. */
import type { RecordSet } from './records.ts';

export function composeRdata(set: RecordSet): string[] {
  switch (set.type) {
    case 'A':
    case 'AAAA':
      return [...set.values];
    case 'CNAME':
      return set.values.map(absolute);
    case 'MX':
      return set.values.map(({ preference, exchange }) => `${preference} ${absolute(exchange)}`);
    case 'TXT':
      return set.values.map(composeTxt);
    case 'TLSA':
      return set.values.map(
        ({ usage, selector, matching, data }) => `${usage} ${selector} ${matching} ${data}`,
      );
    case 'CAA':
      return set.values.map(({ flags, tag, value }) => `${flags} ${tag} ${quoted(Buffer.from(value))}`);
  }
}

export const absolute = (name: string): string => `${name}.`;

/** Character strings of at most 255 octets each (RFC 1035 §3.3), which readers join without a space (RFC 7208 §3.3). */
export function composeTxt(text: string): string {
  const octets = Buffer.from(text);
  const strings: string[] = [];
  for (let start = 0; start === 0 || start < octets.length; start += 255)
    strings.push(quoted(octets.subarray(start, start + 255)));
  return strings.join(' ');
}

const quoted = (octets: Buffer): string => `"${[...octets].map(escapeOctet).join('')}"`;

function escapeOctet(octet: number): string {
  const character = String.fromCharCode(octet);
  if (character === '"' || character === '\\') return `\\${character}`;
  return octet >= 0x20 && octet <= 0x7e ? character : `\\${octet.toString().padStart(3, '0')}`;
}
