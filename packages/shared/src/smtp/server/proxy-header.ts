/**
 * The PROXY header that a load balancer puts before a connection, versions 1 and 2 (proxy-protocol.txt of HAProxy,
 * sections 2.1 and 2.2).
 *
 * Pure: it is given all octets so far and decides as soon as they suffice; further octets change nothing of what was
 * decided. It never asks for more than `MAX_HEADER_BYTES`. What is not exactly a header is malformed, with a reason
 * for the operator. TLVs are skipped.
 */
import { isIPv4, isIPv6 } from 'node:net';
import { normaliseAddress, type HostPort } from '../../platform/network/addresses.ts';

/**
 * - `forwarded`: a client's connection, from `source` to `destination` as the balancer saw it
 * - `own`: the balancer's own connection, such as a health check (LOCAL)
 * - `unknown`: a client's connection whose ends the balancer does not tell (UNKNOWN, UNSPEC, or no TCP over IP)
 */
export type ProxyHeader =
  | { readonly kind: 'forwarded'; readonly source: HostPort; readonly destination: HostPort }
  | { readonly kind: 'own' }
  | { readonly kind: 'unknown' };

export type ProxyReading =
  | { readonly kind: 'incomplete' }
  | { readonly kind: 'complete'; readonly header: ProxyHeader; readonly sizeBytes: number }
  | { readonly kind: 'malformed'; readonly reason: string };

const V1_START = Buffer.from('PROXY ');
const V1_MAX_BYTES = 107;
const V2_SIGNATURE = Buffer.from('0d0a0d0a000d0a515549540a', 'hex');
const V2_FIXED_BYTES = 16;
/** Room for every TLV that is defined, certificates' names among them; the length field could say 65,535. */
export const MAX_HEADER_BYTES = 4_096;

export function readProxyHeader(octets: Buffer): ProxyReading {
  if (octets.length === 0) return incomplete;
  if (octets[0] === V1_START[0]) return readVersion1(octets);
  if (octets[0] === V2_SIGNATURE[0]) return readVersion2(octets);
  return malformed('no PROXY header');
}

const incomplete: ProxyReading = { kind: 'incomplete' };
const malformed = (reason: string): ProxyReading => ({ kind: 'malformed', reason });
const complete = (header: ProxyHeader, sizeBytes: number): ProxyReading => ({
  kind: 'complete',
  header,
  sizeBytes,
});

const startsLike = (octets: Buffer, start: Buffer): boolean => {
  const length = Math.min(octets.length, start.length);
  return octets.compare(start, 0, length, 0, length) === 0;
};

// -- version 1: `PROXY TCP4 192.0.2.7 192.0.2.10 56324 25` CR LF

function readVersion1(octets: Buffer): ProxyReading {
  if (!startsLike(octets, V1_START)) return malformed('no PROXY header');
  const line = octets.subarray(0, V1_MAX_BYTES);
  const end = line.findIndex((octet) => octet === CR || octet === LF);
  const isWhole = end >= 0 && end + 1 < line.length;
  if (line[end] === LF || (isWhole && line[end + 1] !== LF))
    return malformed('PROXY line does not end in CR LF');
  if (isWhole) return readLine(line.toString('latin1', 0, end), end + 2);
  return octets.length < V1_MAX_BYTES
    ? incomplete
    : malformed(`PROXY line is longer than ${V1_MAX_BYTES} octets, or does not end in CR LF`);
}

const CR = 13;
const LF = 10;

function readLine(line: string, sizeBytes: number): ProxyReading {
  if (/^PROXY UNKNOWN(?: |$)/.test(line)) return complete({ kind: 'unknown' }, sizeBytes);
  const [, family, ...fields] = /^PROXY TCP([46]) ([^ ]+) ([^ ]+) ([^ ]+) ([^ ]+)$/.exec(line) ?? [];
  if (family === undefined)
    return malformed('PROXY line is not "PROXY TCP4|TCP6 SOURCE DESTINATION PORT PORT"');
  const [source = '', destination = '', sourcePort = '', destinationPort = ''] = fields;
  for (const address of [source, destination])
    if (!(family === '4' ? isIPv4(address) : isIPv6(address) && !address.includes('%')))
      return malformed(`PROXY line has an address that is not IPv${family}`);
  for (const port of [sourcePort, destinationPort])
    if (!/^(?:0|[1-9]\d{0,4})$/.test(port) || Number(port) > 65_535)
      return malformed('PROXY line has a bad port');
  return complete(
    {
      kind: 'forwarded',
      source: { host: normaliseAddress(source), port: Number(sourcePort) },
      destination: { host: normaliseAddress(destination), port: Number(destinationPort) },
    },
    sizeBytes,
  );
}

// -- version 2: signature, version and command, family and protocol, length, addresses, TLVs

/** Octets of both addresses and ports, by family. */
const addressBytes = { 4: 12, 6: 36 } as const;

function readVersion2(octets: Buffer): ProxyReading {
  if (!startsLike(octets, V2_SIGNATURE)) return malformed('no PROXY header');
  const [versionAndCommand, family] = [octets[12], octets[13]];
  if (versionAndCommand === undefined) return incomplete;
  if (versionAndCommand >> 4 !== 2) return malformed(`PROXY header has version ${versionAndCommand >> 4}`);
  const command = versionAndCommand & 15;
  if (command > 1) return malformed(`PROXY header has the unknown command ${command}`);
  if (family === undefined) return incomplete;
  const isOwn = command === 0;
  if (!isOwn && (family >> 4 > 3 || (family & 15) > 2))
    return malformed(
      `PROXY header has the unknown family and protocol 0x${family.toString(16).padStart(2, '0')}`,
    );
  if (octets.length < V2_FIXED_BYTES) return incomplete;
  const sizeBytes = V2_FIXED_BYTES + octets.readUInt16BE(14);
  if (sizeBytes > MAX_HEADER_BYTES)
    return malformed(`PROXY header is longer than ${MAX_HEADER_BYTES} octets`);
  const ip = family === 0x11 ? 4 : family === 0x21 ? 6 : undefined;
  if (!isOwn && ip && sizeBytes < V2_FIXED_BYTES + addressBytes[ip])
    return malformed('PROXY header is too short for its addresses');
  if (octets.length < sizeBytes) return incomplete;
  if (isOwn) return complete({ kind: 'own' }, sizeBytes);
  return complete(ip ? readEnds(octets, ip) : { kind: 'unknown' }, sizeBytes);
}

function readEnds(octets: Buffer, ip: 4 | 6): ProxyHeader {
  const width = ip === 4 ? 4 : 16;
  const end = (index: 0 | 1): HostPort => {
    const at = V2_FIXED_BYTES + index * width;
    return {
      host: formatAddress(octets.subarray(at, at + width)),
      port: octets.readUInt16BE(V2_FIXED_BYTES + 2 * width + 2 * index),
    };
  };
  return { kind: 'forwarded', source: end(0), destination: end(1) };
}

function formatAddress(octets: Buffer): string {
  if (octets.length === 4) return octets.join('.');
  return normaliseAddress(octets.toString('hex').match(/.{4}/g)!.join(':'));
}
