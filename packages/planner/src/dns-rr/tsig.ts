/**
 * Transaction signatures (RFC 8945): messages and responses are signed with a shared key. Supports full MACs
 * with HMAC-SHA; HMAC-MD5 is not supported. Pure except for node:crypto.
 */
import { createHmac, timingSafeEqual } from 'node:crypto';
import { lastRecordAt, MalformedMessage, readName } from '@mailpair/shared/platform/dns/dns-message';
import { classes, encodeName, encodeRecord, types } from './update-message.ts';

/** From the DNS names of the algorithms to those of node:crypto. */
export const algorithms = {
  'hmac-sha1': 'sha1',
  'hmac-sha224': 'sha224',
  'hmac-sha256': 'sha256',
  'hmac-sha384': 'sha384',
  'hmac-sha512': 'sha512',
} as const;
export type Algorithm = keyof typeof algorithms;

export interface TsigKey {
  /** The name of the key without the final dot. */
  readonly name: string;
  readonly algorithm: Algorithm;
  readonly secret: Buffer;
}

export interface SignedMessage {
  readonly octets: Buffer;
  readonly mac: Buffer;
}

/** The result of verifying a response; `error` is one that the server states (RFC 8945 §3). */
export type Verification =
  | { readonly kind: 'genuine' }
  | { readonly kind: 'unsigned' }
  | { readonly kind: 'forged'; readonly why: string }
  | { readonly kind: 'bad-key' | 'bad-signature' | 'bad-truncation' }
  /** The time in seconds by which the clock of the server is ahead of the local clock. */
  | { readonly kind: 'bad-time'; readonly aheadSeconds: number };

/** The maximum difference of the clocks in seconds (RFC 8945 §10). */
const FUDGE_SECONDS = 300;

const errors = { 16: 'bad-signature', 17: 'bad-key', 22: 'bad-truncation' } as const;
const BADTIME = 18;

interface Tsig {
  readonly seconds: number;
  readonly fudge: number;
  readonly error: number;
  readonly other: Buffer;
}

export function signMessage(
  message: Buffer,
  key: TsigKey,
  nowMs: number,
  fudge = FUDGE_SECONDS,
): SignedMessage {
  const tsig: Tsig = { seconds: Math.floor(nowMs / 1000), fudge, error: 0, other: Buffer.alloc(0) };
  const mac = macOf(key, [message, variablesOf(key, tsig)]);
  const record = encodeRecord({
    name: key.name,
    type: types.TSIG,
    class: classes.ANY,
    ttl: 0,
    data: Buffer.concat([
      encodeName(key.algorithm),
      timeOf(tsig),
      uint16(mac.length),
      mac,
      message.subarray(0, 2),
      uint16(0),
      uint16(0),
    ]),
  });
  const octets = Buffer.concat([message, record]);
  octets.writeUInt16BE(octets.readUInt16BE(10) + 1, 10);
  return { octets, mac };
}

/**
 * Verifies that a response was signed with the key and belongs to the request. A server cannot sign an error
 * about the key or signature, so such an error is reported but is not authenticated (RFC 8945 §5.3.2).
 */
export function verifyAnswer(octets: Buffer, key: TsigKey, requestMac: Buffer, nowMs: number): Verification {
  const at = lastRecordAt(octets);
  const record = at === undefined ? undefined : readSignatureRecord(octets, at);
  if (at === undefined || record === undefined) return { kind: 'unsigned' };
  const signature = record.isSound ? parseTsig(record.data) : undefined;
  if (!signature) return { kind: 'forged', why: 'its signature record is malformed' };
  const { algorithm, mac, originalId, ...tsig } = signature;
  const stated = errors[tsig.error as keyof typeof errors] as (typeof errors)[16 | 17 | 22] | undefined;
  if (stated) return { kind: stated };
  if (record.name !== key.name || algorithm !== key.algorithm)
    return { kind: 'forged', why: `it is signed with ${algorithm}:${record.name}` };
  const unsigned = Buffer.from(octets.subarray(0, at));
  originalId.copy(unsigned);
  unsigned.writeUInt16BE(unsigned.readUInt16BE(10) - 1, 10);
  const expected = macOf(key, [uint16(requestMac.length), requestMac, unsigned, variablesOf(key, tsig)]);
  if (mac.length !== expected.length || !timingSafeEqual(mac, expected))
    return { kind: 'forged', why: 'its signature is wrong' };
  const now = Math.floor(nowMs / 1000);
  if (tsig.error === BADTIME) return { kind: 'bad-time', aheadSeconds: tsig.other.readUIntBE(0, 6) - now };
  if (Math.abs(now - tsig.seconds) > tsig.fudge)
    return { kind: 'bad-time', aheadSeconds: tsig.seconds - now };
  return { kind: 'genuine' };
}

interface SignatureRecord {
  readonly name: string;
  /** True if the record has class ANY and TTL 0 (RFC 8945 §4.2). */
  readonly isSound: boolean;
  readonly data: Buffer;
}

/** Undefined if the record is not a TSIG record. */
function readSignatureRecord(octets: Buffer, start: number): SignatureRecord | undefined {
  const { name, end: at } = readName(octets, start);
  if (octets.readUInt16BE(at) !== types.TSIG) return undefined;
  const isSound = octets.readUInt16BE(at + 2) === classes.ANY && octets.readUInt32BE(at + 4) === 0;
  return { name, isSound, data: octets.subarray(at + 10) };
}

/** Undefined if the RDATA is malformed. */
function parseTsig(data: Buffer) {
  try {
    return readTsig(data);
  } catch (error) {
    if (error instanceof RangeError || error instanceof MalformedMessage) return undefined;
    throw error;
  }
}

function readTsig(data: Buffer) {
  const { name: algorithm, end: at } = readName(data, 0);
  const macEnd = at + 10 + data.readUInt16BE(at + 8);
  const other = data.subarray(macEnd + 6);
  const error = data.readUInt16BE(macEnd + 2);
  if (other.length !== data.readUInt16BE(macEnd + 4) || other.length !== (error === BADTIME ? 6 : 0))
    throw new MalformedMessage('its signature record is malformed');
  return {
    algorithm,
    seconds: data.readUIntBE(at, 6),
    fudge: data.readUInt16BE(at + 6),
    mac: data.subarray(at + 10, macEnd),
    originalId: data.subarray(macEnd, macEnd + 2),
    error,
    other,
  };
}

function macOf({ algorithm, secret }: TsigKey, parts: readonly Buffer[]): Buffer {
  const hmac = createHmac(algorithms[algorithm], secret);
  for (const part of parts) hmac.update(part);
  return hmac.digest();
}

/** The fields of the TSIG record that are signed together with the message (RFC 8945 §4.3.3). */
function variablesOf({ name, algorithm }: TsigKey, tsig: Tsig): Buffer {
  const classAndTtl = Buffer.from([0, classes.ANY, 0, 0, 0, 0]);
  return Buffer.concat([
    encodeName(name),
    classAndTtl,
    encodeName(algorithm),
    timeOf(tsig),
    uint16(tsig.error),
    uint16(tsig.other.length),
    tsig.other,
  ]);
}

function timeOf({ seconds, fudge }: Tsig): Buffer {
  const octets = Buffer.alloc(8);
  octets.writeUIntBE(seconds, 0, 6);
  octets.writeUInt16BE(fudge, 6);
  return octets;
}

function uint16(value: number): Buffer {
  const octets = Buffer.alloc(2);
  octets.writeUInt16BE(value);
  return octets;
}
