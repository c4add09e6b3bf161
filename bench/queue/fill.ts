/** Fills a spool with messages as if they had been submitted, many to a commit. */
import { hash } from 'node:crypto';
import { setImmediate as nextTurn } from 'node:timers/promises';
import { createIds } from '@mailpair/shared/spool/store/ids';
import { openLmdbSpool } from '@mailpair/shared/spool/store/lmdb-spool';
import { systemClock } from '@mailpair/shared/platform/time/clock';

export interface Filling {
  readonly messages: number;
  /** The domain of the recipient of each. */
  readonly domainOf: (index: number) => string;
  /** Ms since the epoch. */
  readonly dueAt: number;
}

const BODY_BYTES = 1024;
const TOGETHER = 2_000;

export async function fill(directory: string, fillings: readonly Filling[]): Promise<void> {
  const spool = await openLmdbSpool({ directory, minFreeBytes: 0, clock: systemClock });
  const nextId = createIds({ clock: systemClock, slot: 0 });
  const octets = Buffer.from(`Subject: queued\r\n\r\n${'x'.repeat(76)}\r\n`.padEnd(BODY_BYTES, 'x'));
  const body = { sizeBytes: octets.length, sha256: hash('sha256', octets), eightBit: false };
  const receivedAt = Date.now();
  let pending: Promise<unknown>[] = [];
  for (const { messages, domainOf, dueAt } of fillings)
    for (let index = 0; index < messages; index += 1) {
      const id = nextId();
      const address = `user${index}@${domainOf(index)}`;
      const entry = {
        id,
        receivedAt,
        expiresAt: receivedAt + 5 * 86_400_000,
        reversePath: 'us@hosted.example',
        recipients: [{ address, status: 'queued' as const, attempts: 0, dueAt }],
        eightBit: false,
        smtpUtf8: false,
        requireTls: false,
        head: `Received: from client.hosted.example by mx-out.hosted.example with ESMTP id ${id};\r\n\tWed, 25 Nov 2026 18:00:00 +0000\r\n`,
        body,
        origin: {
          session: 'S1',
          listener: '127.0.0.1:587',
          client: '127.0.0.1',
          helo: 'client.hosted.example',
          submitter: '127.0.0.1',
        },
      };
      pending.push(spool.add(entry, { ...body, chunks: [octets], hops: 0 }));
      if (pending.length < TOGETHER) continue;
      await Promise.all(pending);
      pending = [];
      await nextTurn();
    }
  await Promise.all(pending);
  await spool.close();
}
