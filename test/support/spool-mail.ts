/** Entries and bodies for tests of the spool. */
import { hash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import type { Entry } from '@mailpair/shared/platform/values/entry';
import type { Body } from '@mailpair/shared/platform/values/body';

/** A body in memory with the given octets. */
export function bodyOf(...chunks: Buffer[]): Body & { readonly chunks: readonly Buffer[] } {
  const octets = Buffer.concat(chunks);
  const eightBit = octets.some((octet) => octet > 127);
  return { sizeBytes: octets.length, sha256: hash('sha256', octets), chunks, hops: 2, eightBit };
}

export const bodyText = (text: string) => bodyOf(Buffer.from(text));

/** An entry for a body, due at once, with one recipient. */
export function entryOf(id: string, body: Body, changes: Partial<Entry> = {}): Entry {
  return {
    id,
    receivedAt: 1_000,
    expiresAt: 1_000_000,
    reversePath: 'sender@example.org',
    recipients: [{ address: 'user@example.com', status: 'queued', attempts: 0, dueAt: 0 }],
    eightBit: body.eightBit,
    smtpUtf8: false,
    requireTls: false,
    head: 'Received: from client.example.org by mx-out.example.com; Mon, 1 Jan 2029 00:00:00 +0000\r\n',
    body: { sizeBytes: body.sizeBytes, sha256: body.sha256, eightBit: body.eightBit },
    origin: { session: 's1', listener: '192.0.2.1:587', client: '192.0.2.7', helo: 'client.example.org' },
    ...changes,
  };
}

/** The same entry with its first recipient due at another time. */
export function dueAgain(entry: Entry, dueAt: number): Entry {
  return { ...entry, recipients: entry.recipients.map((recipient) => ({ ...recipient, dueAt })) };
}

/** The octets of a body as it came out of a spool. */
export function octetsOf(body: Body): Buffer {
  return body.path === undefined ? Buffer.concat([...(body.chunks ?? [])]) : readFileSync(body.path);
}
