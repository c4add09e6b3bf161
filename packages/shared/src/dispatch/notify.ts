/** A notice becomes a message of our own in the queue (RFC 3464). */
import { bodyOf } from '../accept/message-data.ts';
import { formatDate } from '../accept/received.ts';
import type { Entry } from '../values/entry.ts';
import type { Spool } from '../queue/spool.ts';
import { composeDsn } from '../settle/dsn.ts';
import type { Notice } from '../settle/notice.ts';
import type { Signing } from '../signing/signing.ts';
import { readStart } from '../system/read-start.ts';
import type { Clock } from '../system/clock.ts';
import type { Body } from '../values/body.ts';

export interface NotifyParts {
  readonly host: string;
  readonly spool: Spool;
  readonly nextId: () => string;
  expireMs(): number;
  readonly signing: Pick<Signing, 'own'>;
  readonly clock: Clock;
}

/** @returns a function that resolves to the DSN's entry when it is on disk */
export function createNotify(parts: NotifyParts) {
  return async (about: Entry, notice: Notice, body: () => Promise<Body>): Promise<Entry> => {
    const now = parts.clock.now();
    const { envelope, bytes } = await composeDsn({
      ...notice,
      entry: about,
      reportingHost: parts.host,
      now,
      readOriginal: async (maxBytes) => readStart(await body(), maxBytes),
    });
    const id = parts.nextId();
    const dsn = bodyOf(bytes);
    const received = `Received: by ${parts.host} (Mailpair) id ${id};\r\n\t${formatDate(now)}\r\n`;
    const { recipients, ...rest } = envelope;
    const entry: Entry = {
      ...rest,
      id,
      receivedAt: now,
      expiresAt: now + parts.expireMs(),
      recipients: recipients.map((recipient) => ({
        ...recipient,
        status: 'queued',
        attempts: 0,
        dueAt: now,
      })),
      head: await parts.signing.own({ id, at: now, head: received, body: dsn }),
      body: { sizeBytes: dsn.sizeBytes, sha256: dsn.sha256, eightBit: dsn.eightBit },
      origin: { session: '', listener: '', client: '', helo: '' },
    };
    await parts.spool.add(entry, dsn);
    return entry;
  };
}
