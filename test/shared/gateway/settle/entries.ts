/** Entries and recipients for the tests of settlement; each test says only what matters to it. */
import type { Entry, RecipientState } from '@mailpair/shared/platform/values/entry';

export const receivedAt = Date.UTC(2026, 10, 23, 12);
export const hour = 3_600_000;
export const day = 24 * hour;

export const recipientOf = (overrides: Partial<RecipientState> = {}): RecipientState => ({
  address: 'user@example.net',
  status: 'queued',
  attempts: 0,
  dueAt: receivedAt,
  ...overrides,
});

export const entryOf = (overrides: Partial<Entry> = {}): Entry => ({
  id: '01JDCK7M3N',
  receivedAt,
  expiresAt: receivedAt + 5 * day,
  reversePath: 'sender@example.com',
  recipients: [recipientOf()],
  eightBit: false,
  smtpUtf8: false,
  requireTls: false,
  head: 'Received: from client.example.com by mx-out.example.com; Mon, 23 Nov 2026 12:00:00 +0000\r\n',
  body: { sizeBytes: 100, sha256: '', eightBit: false },
  origin: { session: 's1', listener: '10.0.0.3:587', client: '10.0.0.9', helo: 'client.example.com' },
  ...overrides,
});
