/** The scenario of the issue: a large inbound that carries 40 messages per second, and an outbound that carries 10. */
import type { Scenario } from '@mailpair/proving/lab/lab';
import { usualShares } from '@mailpair/proving/lab/population';

export const usual: Scenario = {
  inbound: { cores: 1, connections: 200 },
  outbound: { cores: 0.25, connections: 100 },
  messageMs: 25,
  strangersPerSecond: 40,
  submissionsPerSecond: 2,
  minutes: 15,
  earlierMinutes: 0,
  shares: usualShares,
  sendersPerKind: 300,
  rules: { budget: 0.85, limit: 0.95, shed: true },
  submissionWaitMs: 200,
  heartbeatMs: 1_000,
  seed: 1,
};
