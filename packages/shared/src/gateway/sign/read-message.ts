/** A message as signatures need it: its header fields and the hash of its body, read once. Reads files. */
import { BodyHash } from '../../platform/values/body-hash.ts';
import { openRegular } from '../../platform/files/regular-file.ts';
import type { Body } from '../../platform/values/body.ts';
import { asOctets, HEADER_MAX_FIELDS, HEADER_MAX_OCTETS, parseFields } from './header-fields.ts';
import type { HeaderField } from './header-fields.ts';
import { bodyStart } from '../../platform/values/header-start.ts';

export interface ReadMessage {
  /** Those that we add on top included. */
  readonly fields: readonly HeaderField[];
  bodyHash(): Promise<string> | string;
}

const PIECE_OCTETS = 256 * 1024;

/**
 * @returns a sentence instead when it cannot be signed for its form
 * @throws when the file of the body cannot be read
 */
export async function readMessage(head: string, body: Body): Promise<ReadMessage | string> {
  const start = body.chunks ? firstOf(body.chunks) : await startOf(body);
  // A message without an empty line is header section only.
  const at = bodyStart(start) ?? (start.length === body.sizeBytes ? start.length : undefined);
  if (at === undefined || at > HEADER_MAX_OCTETS) return 'its header section is too large';
  const fields = parseFields(asOctets(head) + start.toString('latin1', 0, at));
  if (fields.length > HEADER_MAX_FIELDS) return 'it has too many header fields';
  return { fields, bodyHash: () => (body.chunks ? hashChunks(body.chunks, at) : hashFile(body, at)) };
}

/** As many of the chunks as hold the header section. */
function firstOf(chunks: readonly Buffer[]): Buffer {
  const [first = Buffer.alloc(0)] = chunks;
  if (chunks.length < 2 || bodyStart(first) !== undefined) return first;
  const taken: Buffer[] = [];
  let length = 0;
  for (const chunk of chunks) {
    taken.push(chunk);
    length += chunk.length;
    if (length > HEADER_MAX_OCTETS) break;
  }
  return Buffer.concat(taken);
}

async function startOf({ path, sizeBytes }: Body): Promise<Buffer> {
  await using file = await openRegular(path!);
  const buffer = Buffer.allocUnsafe(Math.min(sizeBytes, HEADER_MAX_OCTETS + 4));
  const { bytesRead } = await file.read(buffer, 0, buffer.length, 0);
  return buffer.subarray(0, bytesRead);
}

function hashChunks(chunks: readonly Buffer[], from: number): string {
  let skip = from;
  const hash = new BodyHash('relaxed', 'sha256');
  for (const chunk of chunks) {
    if (skip < chunk.length) hash.update(skip > 0 ? chunk.subarray(skip) : chunk);
    skip = Math.max(0, skip - chunk.length);
  }
  return hash.digest();
}

/** Others are served between two pieces. */
async function hashFile({ path, sizeBytes }: Body, from: number): Promise<string> {
  await using file = await openRegular(path!);
  const hash = new BodyHash('relaxed', 'sha256');
  const buffer = Buffer.allocUnsafe(PIECE_OCTETS);
  let at = from;
  for (;;) {
    const { bytesRead } = await file.read(buffer, 0, buffer.length, at);
    if (bytesRead === 0) break;
    hash.update(buffer.subarray(0, bytesRead));
    at += bytesRead;
  }
  if (at !== sizeBytes) throw new Error(`${path} has ${at} octets instead of ${sizeBytes}`);
  return hash.digest();
}
