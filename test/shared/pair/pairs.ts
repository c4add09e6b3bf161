/** The pair that the planning tests plan for; each test says only what differs. */
import type { PlannedPair } from '@mailpair/shared/pair/plan';

export const pairOf = (overrides: Partial<PlannedPair> = {}): PlannedPair => ({
  domains: [{ name: 'example.com' }],
  inbound: { host: 'mx-in.example.com', addresses: ['192.0.2.10', '2001:db8::10'] },
  outbound: { host: 'mx-out.example.com', addresses: ['192.0.2.20', '2001:db8::20'] },
  ...overrides,
});
