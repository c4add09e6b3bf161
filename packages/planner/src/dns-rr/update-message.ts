/**
 * Encodes UPDATE messages (RFC 2136 §2) and their records, because dns-packet does not support class NONE.
 * Names are written in lower case without compression. Pure.
 */

export const types = { A: 1, SOA: 6, TXT: 16, AAAA: 28, TSIG: 250 } as const;
/** The class of a record, or the meaning that RFC 2136 §2.4 and §2.5 give to NONE and ANY. */
export const classes = { IN: 1, NONE: 254, ANY: 255 } as const;
const UPDATE = 5;

export interface ResourceRecord {
  /** Without the final dot; '' is the root. */
  readonly name: string;
  readonly type: number;
  readonly class: number;
  readonly ttl: number;
  readonly data: Buffer;
}

const HEADER_OCTETS = 12;

/**
 * Composes an update that requires a given state of the zone and then changes records; the server applies all
 * changes or none (RFC 2136 §3).
 */
export function composeUpdate(
  id: number,
  zone: string,
  prerequisites: readonly ResourceRecord[],
  updates: readonly ResourceRecord[],
): Buffer {
  const header = Buffer.alloc(HEADER_OCTETS);
  header.writeUInt16BE(id, 0);
  header.writeUInt16BE(UPDATE << 11, 2);
  [1, prerequisites.length, updates.length].forEach((count, index) =>
    header.writeUInt16BE(count, 4 + 2 * index),
  );
  const asked = [encodeName(zone), uint16(types.SOA), uint16(classes.IN)];
  return Buffer.concat([header, ...asked, ...[...prerequisites, ...updates].map(encodeRecord)]);
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
