/** A heartbeat that says nothing remarkable; each test says what differs. */
import type { Beat } from '@mailpair/shared/gateway/pair/partner-beat';

export const beatOf = (changes: Partial<Beat> = {}): Beat => ({
  version: '0.1.0',
  startedAt: 1_798_761_600_000,
  draining: false,
  load: { value: 0.25, parts: { sessions: 0.25, disk: 0.1 } },
  headroom: 0.5,
  sheds: false,
  answeredAgo: { 'mail.internal:25': 1_000 },
  freeDiskBytes: 10_000_000_000,
  digest: { domains: 'one', 'smtp.maxMessage': 'two' },
  told: {},
  ...changes,
});
