/** One message that was learnt: who it is, as what, when, and its tokens. In the form kept on disk and told to partners. */
import { createHash } from 'node:crypto';
import type { Content } from '../../platform/values/content.ts';
import { tokensOf } from './tokens.ts';

/** `none`: what was learnt is taken back. */
export type Kind = 'spam' | 'ham' | 'none';

export interface Example {
  /** 32 hex digits; the same for a message that comes back from a mailbox with other trace fields. */
  readonly id: string;
  readonly as: Kind;
  /** Ms since the epoch: of two that are told of one message, the later counts. */
  readonly at: number;
  /** High and low half of each token in turn. */
  readonly tokens: Uint32Array;
}

/** Another number when tokens change their meaning: what was learnt before is useless then. */
export const TOKEN_FORM = 1;

/** Characters of the text that tell one message from another. */
const TOLD_BY = 8_192;
const HEAD_BYTES = 1 + 16 + 8;
const kinds: readonly Kind[] = ['none', 'spam', 'ham'];

export function exampleOf(content: Content, as: Kind, at: number): Example {
  return { id: identityOf(content), as, at, tokens: tokensOf(content).slice() };
}

export function identityOf({ text, facts }: Content): string {
  const hash = createHash('sha256');
  hash.update(`${facts.messageId}\n${facts.from.map(({ address }) => address).join()}\n${facts.subject}\n`);
  hash.update(text.slice(0, TOLD_BY).replace(/\s+/g, ' ').trim());
  return hash.digest('hex').slice(0, 32);
}

export function encodeExample({ id, as, at, tokens }: Example): Buffer {
  const buffer = Buffer.alloc(HEAD_BYTES + 4 * tokens.length);
  buffer.writeUInt8(kinds.indexOf(as), 0);
  buffer.write(id, 1, 16, 'hex');
  buffer.writeDoubleLE(at, 17);
  for (let i = 0; i < tokens.length; i += 1) buffer.writeUInt32LE(tokens[i]!, HEAD_BYTES + 4 * i);
  return buffer;
}

/** Undefined for what is none. */
export function decodeExample(buffer: Buffer): Example | undefined {
  const octets = buffer.length - HEAD_BYTES;
  const as = octets >= 0 && octets % 8 === 0 ? kinds[buffer[0]!] : undefined;
  if (as === undefined) return undefined;
  const at = buffer.readDoubleLE(17);
  if (!Number.isFinite(at)) return undefined;
  const tokens = new Uint32Array(octets / 4);
  for (let i = 0; i < tokens.length; i += 1) tokens[i] = buffer.readUInt32LE(HEAD_BYTES + 4 * i);
  return { id: buffer.toString('hex', 1, 17), as, at, tokens };
}
