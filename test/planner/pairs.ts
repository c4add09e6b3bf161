/** The pair that the planning tests plan for; each test says only what differs. */
import type { PlannedPair } from '@mailpair/planner/plan';
import type { PlannedRole } from '@mailpair/planner/plan-hosts';

type Publish = PlannedPair['publish'];

/** As the defaults of the configuration are. */
export const publishOf = (overrides: Partial<Publish> = {}): Publish => ({
  zones: [],
  ttlMs: 3_600_000,
  addressTtlMs: 300_000,
  spf: { terms: [], all: 'softfail' },
  texts: new Map(),
  dmarc: { policy: 'none', rua: [] },
  mtaSts: { mode: 'testing', maxAgeMs: 604_800_000, host: null },
  tlsRpt: { rua: [] },
  tlsa: true,
  certificates: [],
  caa: [],
  ...overrides,
});

/** Addresses, MX and SPF only. */
export const quiet = publishOf({
  dmarc: { policy: 'off', rua: [] },
  mtaSts: { mode: 'off', maxAgeMs: 604_800_000, host: null },
  tlsa: false,
});

/** A role that is one machine. */
export const roleOf = (host: string, ...addresses: readonly string[]): PlannedRole => ({
  host,
  addresses,
  nodes: [{ host, addresses }],
});

export const pairOf = (overrides: Partial<PlannedPair> = {}): PlannedPair => ({
  domains: [{ name: 'example.com' }],
  inbound: roleOf('mx-in.example.com', '192.0.2.10', '2001:db8::10'),
  outbound: roleOf('mx-out.example.com', '192.0.2.20', '2001:db8::20'),
  publish: publishOf(),
  tls: { certFile: null },
  dkim: { keys: '/etc/mailpair/dkim' },
  ...overrides,
});
