/**
 * A DNS plan as master-file text (RFC 1035 §5.1) for BIND and its like: absolute names, one record a line, so it
 * loads whatever $ORIGIN is. PTR requests are comments, since they belong in zones of the addresses' owner. Pure.
 */
import { reverseName } from '../system/reverse-name.ts';
import type { DnsPlan, RecordSet } from './plan.ts';

export function composeBind({ zones, elsewhere, ptr }: DnsPlan): string {
  const sections = zones.map(({ zone, records }) => section(`zone ${zone}`, records.flatMap(composeRecords)));
  if (elsewhere.length > 0)
    sections.push(
      section('for the zones of hosts outside the hosted domains', elsewhere.flatMap(composeRecords)),
    );
  if (ptr.length > 0)
    sections.push(
      section(
        "PTR records to request from the addresses' owner",
        ptr.map(({ address, name }) => `; ${absolute(reverseName(address))}\tIN\tPTR\t${absolute(name)}`),
      ),
    );
  return sections.join('\n');
}

const section = (title: string, lines: readonly string[]): string => [`; ${title}`, ...lines, ''].join('\n');

const composeRecords = (set: RecordSet): string[] =>
  composeValues(set).map((value) => [absolute(set.name), set.ttl, 'IN', set.type, value].join('\t'));

function composeValues(set: RecordSet): string[] {
  switch (set.type) {
    case 'A':
    case 'AAAA':
      return [...set.values];
    case 'MX':
      return set.values.map(({ preference, exchange }) => `${preference} ${absolute(exchange)}`);
    case 'TXT':
      return set.values.map(composeTxt);
  }
}

const absolute = (name: string): string => `${name}.`;

/** Character strings of at most 255 octets each (RFC 1035 §3.3), which readers join without a space (RFC 7208 §3.3). */
export function composeTxt(text: string): string {
  const octets = Buffer.from(text);
  const strings: string[] = [];
  for (let start = 0; start === 0 || start < octets.length; start += 255)
    strings.push(`"${[...octets.subarray(start, start + 255)].map(escapeOctet).join('')}"`);
  return strings.join(' ');
}

function escapeOctet(octet: number): string {
  const character = String.fromCharCode(octet);
  if (character === '"' || character === '\\') return `\\${character}`;
  return octet >= 0x20 && octet <= 0x7e ? character : `\\${octet.toString().padStart(3, '0')}`;
}
