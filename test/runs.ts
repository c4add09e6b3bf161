/** The runs of the tests, by name: patterns of their files. */
export interface Run {
  readonly files: readonly string[];
  readonly except?: readonly string[];
  readonly env?: Readonly<Record<string, string>>;
}

/** They start gateways, or measure. */
const withProcesses = [
  'test/pair/**',
  'test/faults/**',
  'test/demo/**',
  'test/proving/lab/**',
  'test/tools/**',
  'test/fuzz/**',
  'test/bench/**',
  'test/support/**',
  'test/mailpair/as-root.test.ts',
];

const realServers = 'test/interop/**';

export const runs: Readonly<Record<string, Run>> = {
  /** What needs only this checkout. */
  all: { files: ['test/**/*.test.ts'], except: [realServers] },
  /** A minute. */
  unit: { files: ['test/**/*.test.ts'], except: [realServers, ...withProcesses] },
  /** Scenarios of the pair whose two workers matter. */
  workers: {
    env: { MAILPAIR_TEST_WORKERS: '2' },
    files: [
      'test/pair/a-greylisted-*.test.ts',
      'test/pair/a-hacked-account-*.test.ts',
      'test/pair/a-message-is-traced-*.test.ts',
      'test/pair/a-server-that-logs-in-*.test.ts',
      'test/pair/an-unknown-recipient-*.test.ts',
      'test/pair/heartbeats-*.test.ts',
      'test/pair/kill-9-of-either-gateway-*.test.ts',
      'test/pair/outbound-has-it-on-disk-*.test.ts',
      'test/pair/quarantine-is-looked-after-*.test.ts',
      'test/pair/quarantined-mail-*.test.ts',
      'test/pair/sighup-*.test.ts',
      'test/pair/sigterm-*.test.ts',
      'test/pair/some-recipients-*.test.ts',
      'test/pair/spam-taught-*.test.ts',
      'test/pair/submitters-and-what-was-kept-*.test.ts',
      'test/pair/the-api-wants-*.test.ts',
      'test/pair/the-backup-mx-knows-*.test.ts',
      'test/pair/too-much-for-*.test.ts',
      'test/pair/who-comes-too-often-*.test.ts',
      'test/pair/who-guesses-*.test.ts',
    ],
  },
};
