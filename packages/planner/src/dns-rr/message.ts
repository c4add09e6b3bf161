/**
 * DNS messages as octets (RFC 1035 §4), as far as reading and updating addresses needs them: a question about one
 * record set, an UPDATE (RFC 2136 §2), and whatever is answered. Names are written without compression, in lower
 * case, and read with it. Pure; what cannot be read throws `MalformedMessage`.
 */

export const types = { A: 1, CNAME: 5, SOA: 6, TXT: 16, AAAA: 28, TSIG: 250 } as const;
/** Of a record, or of the whole set where RFC 2136 §2.4 and §2.5 say so. */
export const classes = { IN: 1, NONE: 254, ANY: 255 } as const;
export const opcodes = { QUERY: 0, UPDATE: 5 } as const;

export interface ResourceRecord {
  /** Without the final dot; '' is the root. */
  readonly name: string;
  readonly type: number;
  readonly class: number;
  readonly ttl: number;
  readonly data: Buffer;
}

export interface Message {
  readonly id: number;
  readonly isResponse: boolean;
  readonly opcode: number;
  readonly isAuthoritative: boolean;
  readonly isTruncated: boolean;
  readonly rcode: number;
  readonly question: { readonly name: string; readonly type: number } | undefined;
  /** Answer, authority and additional; in an UPDATE prerequisite, update and additional. */
  readonly sections: readonly [
    readonly ResourceRecord[],
    readonly ResourceRecord[],
    readonly ResourceRecord[],
  ];
  /** Where the last record of the message begins; the end of the message when it has none. */
  readonly lastRecordAt: number;
}

export class MalformedMessage extends Error {
  override name = 'MalformedMessage';
}

const HEADER_OCTETS = 12;

export function composeQuery(id: number, name: string, type: number): Buffer {
  return compose(id, opcodes.QUERY, { name, type }, []);
}

/** A set that must be as it is given, and the records that take its place, all of it or nothing (RFC 2136 §3). */
export function composeUpdate(
  id: number,
  zone: string,
  prerequisites: readonly ResourceRecord[],
  updates: readonly ResourceRecord[],
): Buffer {
  return compose(id, opcodes.UPDATE, { name: zone, type: types.SOA }, [prerequisites, updates]);
}

function compose(
  id: number,
  opcode: number,
  question: { readonly name: string; readonly type: number },
  sections: readonly (readonly ResourceRecord[])[],
): Buffer {
  const header = Buffer.alloc(HEADER_OCTETS);
  header.writeUInt16BE(id, 0);
  header.writeUInt16BE(opcode << 11, 2);
  header.writeUInt16BE(1, 4);
  sections.forEach((records, index) => header.writeUInt16BE(records.length, 6 + 2 * index));
  const asked = [encodeName(question.name), uint16(question.type), uint16(classes.IN)];
  return Buffer.concat([header, ...asked, ...sections.flat().map(encodeRecord)]);
}

export function encodeRecord({ name, type, class: of, ttl, data }: ResourceRecord): Buffer {
  const fixed = Buffer.alloc(10);
  fixed.writeUInt16BE(type, 0);
  fixed.writeUInt16BE(of, 2);
  fixed.writeUInt32BE(ttl, 4);
  fixed.writeUInt16BE(data.length, 8);
  return Buffer.concat([encodeName(name), fixed, data]);
}

export function encodeName(name: string): Buffer {
  const labels = name.toLowerCase().replace(/\.$/, '').split('.');
  const parts = labels.filter((label) => label !== '').map((label) => Buffer.from(label, 'latin1'));
  return Buffer.concat([...parts.flatMap((part) => [Buffer.of(part.length), part]), Buffer.of(0)]);
}

function uint16(value: number): Buffer {
  const octets = Buffer.alloc(2);
  octets.writeUInt16BE(value);
  return octets;
}

/** @throws MalformedMessage */
export function parseMessage(octets: Buffer): Message {
  try {
    return parse(octets);
  } catch (error) {
    if (error instanceof RangeError) throw new MalformedMessage('the message ends too early');
    throw error;
  }
}

function parse(octets: Buffer): Message {
  const flags = octets.readUInt16BE(2);
  const counts = [4, 6, 8, 10].map((at) => octets.readUInt16BE(at));
  const [questions = 0, ...sizes] = counts;
  let at = HEADER_OCTETS;
  let question: Message['question'];
  for (let index = 0; index < questions; index += 1) {
    const { name, end } = readName(octets, at);
    question ??= { name, type: octets.readUInt16BE(end) };
    at = end + 4;
  }
  let lastRecordAt = octets.length;
  const sections = sizes.map((size) =>
    Array.from({ length: size }, () => {
      lastRecordAt = at;
      const { record, end } = readRecord(octets, at);
      at = end;
      return record;
    }),
  );
  if (at !== octets.length) throw new MalformedMessage('there is something after the last record');
  const [first = [], second = [], third = []] = sections;
  return {
    id: octets.readUInt16BE(0),
    isResponse: (flags & 0x8000) !== 0,
    opcode: (flags >> 11) & 0xf,
    isAuthoritative: (flags & 0x0400) !== 0,
    isTruncated: (flags & 0x0200) !== 0,
    rcode: flags & 0xf,
    question,
    sections: [first, second, third],
    lastRecordAt,
  };
}

function readRecord(octets: Buffer, start: number): { record: ResourceRecord; end: number } {
  const { name, end: at } = readName(octets, start);
  const end = at + 10 + octets.readUInt16BE(at + 8);
  if (end > octets.length) throw new MalformedMessage('a record is longer than the message');
  const record = {
    name,
    type: octets.readUInt16BE(at),
    class: octets.readUInt16BE(at + 2),
    ttl: octets.readUInt32BE(at + 4),
    data: octets.subarray(at + 10, end),
  };
  return { record, end };
}

/** A name may end in a pointer to an earlier place (RFC 1035 §4.1.4), so it ends before what it points to. */
export function readName(octets: Buffer, start: number): { name: string; end: number } {
  const labels: string[] = [];
  let end: number | undefined;
  for (let at = start; ;) {
    const length = octets.readUInt8(at);
    if (length === 0) return { name: labels.join('.').toLowerCase(), end: end ?? at + 1 };
    if (length >= 0xc0) {
      const target = octets.readUInt16BE(at) & 0x3fff;
      if (target >= at) throw new MalformedMessage('a name points forward');
      end ??= at + 2;
      at = target;
    } else {
      const label = octets.subarray(at + 1, at + 1 + length);
      if (length > 63 || label.length < length) throw new MalformedMessage('a label is too long');
      labels.push(label.toString('latin1'));
      if (labels.length > 127) throw new MalformedMessage('a name is too long');
      at += 1 + length;
    }
  }
}
