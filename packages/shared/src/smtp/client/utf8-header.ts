/**
 * Whether the header section of a message has octets above 127, so that it is an internationalised message
 * (RFC 6532) and not one that merely declared SMTPUTF8.
 */
import { openRegular } from '../../platform/files/regular-file.ts';
import { startOf } from '../../platform/files/read-start.ts';
import type { Outgoing } from './outgoing.ts';

/** How much of a message is looked at; a header section that is longer counts by its beginning. */
const LOOK_BYTES = 1_048_576;

/** A body that cannot be read counts as one without: sending it will tell. */
export async function hasUtf8Header({ head, body }: Outgoing): Promise<boolean> {
  if (/[^\0-\x7f]/.test(head)) return true;
  if (!body.eightBit) return false;
  const octets = body.chunks ? startOf(body.chunks, LOOK_BYTES) : await beginningOf(body.path ?? '');
  const end = octets.indexOf('\r\n\r\n');
  return octets.subarray(0, end < 0 ? octets.length : end).some((octet) => octet > 127);
}

async function beginningOf(path: string): Promise<Buffer> {
  try {
    await using file = await openRegular(path);
    const { buffer, bytesRead } = await file.read({ buffer: Buffer.alloc(LOOK_BYTES) });
    return buffer.subarray(0, bytesRead);
  } catch {
    return Buffer.alloc(0);
  }
}
