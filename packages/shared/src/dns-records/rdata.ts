/** Values as master files write them (RFC 1035 §5.1, RFC 6698 §2.2, RFC 8659 §4.1.1). Pure. */
import type { DnsRecord } from '../platform/dns/dns-message.ts';
import type { RecordSet } from './records.ts';

/** One text for each value. */
export const composeRdata = ({ type, values }: RecordSet): string[] =>
  values.map((value) => composeData({ type, value }));

export function composeData({ type, value }: Pick<DnsRecord, 'type' | 'value'>): string {
  if (type === 'TXT') return composeTxt(value as string);
  if (typeof value === 'string')
    return type === 'A' || type === 'AAAA' || type === 'DS' ? value : absolute(value);
  if ('exchange' in value) return `${value.preference} ${absolute(value.exchange)}`;
  if ('usage' in value) return `${value.usage} ${value.selector} ${value.matching} ${value.data}`;
  return `${value.flags} ${value.tag} ${quoted(Buffer.from(value.value))}`;
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
