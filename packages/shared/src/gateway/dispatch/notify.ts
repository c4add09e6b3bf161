/**
 * A notice becomes a message of our own in the queue (RFC 3464).
 *
 * A stranger reads the codes of what was answered, and neither the words nor the host: Remote-MTA is optional (§2.3.5), and
 * Diagnostic-Code says in words of ours what the stranger's own mail server would have been told in the session. Who submitted the
 * message through this gateway reads all of it. Strangers send to the hosted domains only, so mail for others is a submitter's.
 */
import { bodyOf } from '../../smtp/server/message-data.ts';
import { formatDate } from '../../smtp/server/received.ts';
import { domainOf } from '../../platform/values/address.ts';
import type { Entry, RecipientState } from '../../platform/values/entry.ts';
import { toStranger } from '../../platform/values/reply-to-stranger.ts';
import type { Spool } from '../../spool/store/spool.ts';
import { composeDsn } from '../settle/dsn.ts';
import type { Notice } from '../settle/notice.ts';
import type { Signing } from '../sign/signing.ts';
import { readStart } from '../../platform/files/read-start.ts';
import type { Clock } from '../../platform/time/clock.ts';
import type { Body } from '../../platform/values/body.ts';

export interface NotifyParts {
  readonly host: string;
  readonly spool: Spool;
  readonly nextId: () => string;
  expireMs(): number;
  /** '' for `<postmaster>` is. */
  isHosted(domain: string): boolean;
  readonly signing: Pick<Signing, 'own'>;
  readonly clock: Clock;
}

/** @returns a function that resolves to the DSN's entry when it is on disk */
export function createNotify(parts: NotifyParts) {
  const isStrangers = ({ submitter, user }: Entry['origin'], { address }: RecipientState): boolean =>
    submitter === undefined && user === undefined && parts.isHosted(domainOf(address));

  return async (about: Entry, notice: Notice, body: () => Promise<Body>): Promise<Entry> => {
    const now = parts.clock.now();
    const { envelope, bytes } = await composeDsn({
      kind: notice.kind,
      recipients: notice.recipients.map((recipient) =>
        isStrangers(about.origin, recipient) ? forStranger(recipient) : recipient,
      ),
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

const forStranger = (recipient: RecipientState): RecipientState =>
  recipient.last
    ? { ...recipient, last: { reply: toStranger(recipient.last.reply), at: recipient.last.at } }
    : recipient;
