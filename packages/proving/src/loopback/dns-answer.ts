/**
 * The answer of an authoritative server to one query over UDP (RFC 1035 §4): A, MX and PTR from a zone; NODATA for
 * other types of a name that is there, NXDOMAIN for one that is not. Pure.
 */
import type { Zone } from './zone.ts';

const TYPES: Readonly<Record<number, 'A' | 'MX' | 'PTR'>> = { 1: 'A', 12: 'PTR', 15: 'MX' };
const HEADER_OCTETS = 12;
const INTERNET = 1;
const TTL_SECONDS = 60;
/** Response, authoritative, recursion available. */
const FLAGS = 0x8480;
const RECURSION_DESIRED = 0x0100;
const NXDOMAIN = 3;
/** Points to the name of the question (§4.1.4). */
const SAME_NAME = Buffer.from([0xc0, HEADER_OCTETS]);

/** Undefined for what is no query. */
export function answerQuery(query: Buffer, zone: Zone): Buffer | undefined {
  const question = readQuestion(query);
  if (!question) return undefined;
  const records = zone.get(question.name);
  const type = TYPES[question.type];
  const values = type && records ? valuesOf(type, records) : [];
  const exists = records !== undefined || [...zone.keys()].some((name) => name.endsWith(`.${question.name}`));
  const header = Buffer.alloc(HEADER_OCTETS);
  header.writeUInt16BE(query.readUInt16BE(0), 0);
  header.writeUInt16BE(FLAGS | (query.readUInt16BE(2) & RECURSION_DESIRED) | (exists ? 0 : NXDOMAIN), 2);
  header.writeUInt16BE(1, 4);
  header.writeUInt16BE(values.length, 6);
  return Buffer.concat([header, question.octets, ...values.map((value) => record(question.type, value))]);
}

function readQuestion(query: Buffer): { name: string; type: number; octets: Buffer } | undefined {
  const labels: string[] = [];
  let at = HEADER_OCTETS;
  for (let length = query[at]; length !== 0; length = query[at]) {
    if (length === undefined || length > 63) return undefined;
    labels.push(query.toString('latin1', at + 1, at + 1 + length));
    at += 1 + length;
  }
  const end = at + 5;
  if (query.length < end || (query.readUInt16BE(2) & 0x8000) !== 0) return undefined;
  return {
    name: labels.join('.').toLowerCase(),
    type: query.readUInt16BE(at + 1),
    octets: query.subarray(HEADER_OCTETS, end),
  };
}

function valuesOf(type: 'A' | 'MX' | 'PTR', records: NonNullable<ReturnType<Zone['get']>>): Buffer[] {
  if (type === 'A') return (records.A ?? []).map((address) => Buffer.from(address.split('.').map(Number)));
  if (type === 'PTR') return (records.PTR ?? []).map(nameOctets);
  return (records.MX ?? []).map(({ preference, exchange }) => {
    const octets = Buffer.alloc(2);
    octets.writeUInt16BE(preference);
    return Buffer.concat([octets, nameOctets(exchange)]);
  });
}

function record(type: number, value: Buffer): Buffer {
  const fixed = Buffer.alloc(10);
  fixed.writeUInt16BE(type, 0);
  fixed.writeUInt16BE(INTERNET, 2);
  fixed.writeUInt32BE(TTL_SECONDS, 4);
  fixed.writeUInt16BE(value.length, 8);
  return Buffer.concat([SAME_NAME, fixed, value]);
}

function nameOctets(name: string): Buffer {
  const labels = name.split('.').filter((label) => label !== '');
  return Buffer.concat([
    ...labels.map((label) => Buffer.concat([Buffer.from([label.length]), Buffer.from(label, 'latin1')])),
    Buffer.from([0]),
  ]);
}
