/** Reads master-file lines as `dns plan` writes them back into records: one a line, absolute names, no directives. */
import type { CaaValue, MxValue, RecordSet, TlsaValue } from '@mailpair/planner/plan';

export interface ReadRecord {
  readonly name: string;
  readonly ttl: number;
  readonly type: string;
  readonly value: string | MxValue | TlsaValue | CaaValue;
}

/** @throws for a line that is neither record nor comment */
export function readMasterFile(text: string): ReadRecord[] {
  const lines = text.split('\n').filter((line) => line !== '' && !line.startsWith(';'));
  return lines.map(readLine);
}

/** The records of a set, one by one. */
export const oneByOne = ({ name, ttl, type, values }: RecordSet): ReadRecord[] =>
  values.map((value) => ({ name, ttl, type, value }));

function readLine(line: string): ReadRecord {
  const match = /^([!-~]+)\.\t(\d+)\tIN\t([A-Z]+)\t([ -~]+)$/.exec(line);
  if (!match) throw new Error(`no record: ${line}`);
  const [, name = '', ttl, type = '', data = ''] = match;
  return { name, ttl: Number(ttl), type, value: readValue(type, data) };
}

function readValue(type: string, data: string): ReadRecord['value'] {
  const [first = '', second = '', third = '', fourth = ''] = data.split(' ');
  switch (type) {
    case 'A':
    case 'AAAA':
      return data;
    case 'CNAME':
      return withoutDot(data);
    case 'MX':
      return { preference: Number(first), exchange: withoutDot(second) };
    case 'TXT':
      return readStrings(data).join('');
    case 'TLSA':
      return { usage: Number(first), selector: Number(second), matching: Number(third), data: fourth };
    case 'CAA':
      return { flags: Number(first), tag: second, value: readStrings(third).join('') };
    default:
      throw new Error(`no type of the plan: ${type}`);
  }
}

function withoutDot(name: string): string {
  if (!name.endsWith('.')) throw new Error(`not absolute: ${name}`);
  return name.slice(0, -1);
}

/** @throws when a string has more than 255 octets or anything stands outside of quotes */
function readStrings(data: string): string[] {
  const strings = [...data.matchAll(/"((?:[^"\\]|\\\d{3}|\\\D)*)"/g)];
  if (strings.map(([whole]) => whole).join(' ') !== data) throw new Error(`not strings in quotes: ${data}`);
  return strings.map(([, quoted = '']) => {
    const octets = [...quoted.matchAll(/\\(\d{3})|\\?([^])/g)].map(([, code, character = '']) =>
      code === undefined ? character.charCodeAt(0) : Number(code),
    );
    if (octets.length > 255) throw new Error(`a string of ${octets.length} octets`);
    return Buffer.from(octets).toString();
  });
}
