/**
 * What a heartbeat and its answer are signed with: HMAC-SHA256 (RFC 2104) over everything that gives them meaning.
 *
 *     mailpair-seal: 1 KEY inbound/mx-in.example.com RUN outbound/mx-out.example.com RUN NUMBER TIME NONCE HMAC
 *
 * The fields are: the name of the secret, who sends and in which run of its process, who is meant and in which run
 * (`-` when that is not known yet), the number of the beat in the sender's run, the sender's clock in ms, a nonce,
 * and the HMAC. An answer carries the nonce and the number of its question, and its status is signed, so it belongs to
 * one question only. Pure.
 */
import { createHash, createHmac, timingSafeEqual } from 'node:crypto';
import type { PartnerKey } from './partner-keys.ts';

/** The name of the header field. */
export const SEAL = 'mailpair-seal';
/** The run of a partner that has not told it yet. */
export const UNKNOWN_RUN = '-';

export interface Seal {
  readonly key: string;
  /** `inbound/mx-in.example.com` */
  readonly from: string;
  readonly fromRun: string;
  readonly to: string;
  readonly toRun: string;
  readonly number: number;
  readonly time: number;
  readonly nonce: string;
}

/** What is signed besides the seal itself: `POST /pair/heartbeat` or `answer 200`, and the octets that come with it. */
export interface Sealed {
  readonly line: string;
  readonly body: Buffer;
}

export interface ReadSeal {
  readonly seal: Seal;
  readonly signature: string;
}

export function formatSeal(seal: Seal, sealed: Sealed, key: PartnerKey): string {
  return `${fieldsOf(seal)} ${signatureOf(seal, sealed, key)}`;
}

/** Undefined when it is no seal. Nothing in it is to be believed before `isGenuine`. */
export function parseSeal(text: string): ReadSeal | undefined {
  const match = form.exec(text);
  if (!match) return undefined;
  const [key, from, fromRun, to, toRun, number, time, nonce, signature] = match.slice(1) as Fields;
  return {
    seal: { key, from, fromRun, to, toRun, number: Number(number), time: Number(time), nonce },
    signature,
  };
}

type Fields = [string, string, string, string, string, string, string, string, string];
const node = String.raw`((?:inbound|outbound)/[\w.-]{1,253})`;
const run = String.raw`([\w-]{1,40})`;
const form = new RegExp(
  String.raw`^1 ([\w-]{1,40}) ${node} ${run} ${node} ${run} (\d{1,15}) (\d{1,15}) ([\w-]{16,64}) ([\w-]{43})$`,
);

export function isGenuine({ seal, signature }: ReadSeal, sealed: Sealed, key: PartnerKey): boolean {
  return timingSafeEqual(Buffer.from(signature), Buffer.from(signatureOf(seal, sealed, key)));
}

const fieldsOf = ({ key, from, fromRun, to, toRun, number, time, nonce }: Seal): string =>
  `1 ${key} ${from} ${fromRun} ${to} ${toRun} ${number} ${time} ${nonce}`;

function signatureOf(seal: Seal, { line, body }: Sealed, key: PartnerKey): string {
  const bodyHash = createHash('sha256').update(body).digest('hex');
  return createHmac('sha256', key.signing)
    .update(`${line}\n${fieldsOf(seal)}\n${bodyHash}`)
    .digest('base64url');
}
