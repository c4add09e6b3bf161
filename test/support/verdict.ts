import type { Sent, Verdict } from '@mailpair/proving/loopback/ledger';

/** What became of one recipient, in a rehearsal or a proof. */
export const verdict = (facts: Partial<Verdict>, sent: Partial<Sent> = {}): Verdict => ({
  sent: { direction: 'in', slot: 'steady', sender: 'postfix', ...sent } as Sent,
  recipient: 'anna@example.com',
  fate: 'arrived',
  altered: false,
  duplicates: 0,
  inFlight: 0,
  ...facts,
});
