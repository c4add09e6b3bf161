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
      'test/pair/partner/a-greylisted-*.test.ts',
      'test/pair/sign-in/a-hacked-account-*.test.ts',
      'test/pair/operation/a-message-is-traced-*.test.ts',
      'test/pair/sign-in/a-server-that-logs-in-*.test.ts',
      'test/pair/filter/an-unknown-recipient-*.test.ts',
      'test/pair/partner/heartbeats-*.test.ts',
      'test/pair/queue/kill-9-of-either-gateway-*.test.ts',
      'test/pair/queue/outbound-has-it-on-disk-*.test.ts',
      'test/pair/operation/quarantine-is-looked-after-*.test.ts',
      'test/pair/operation/quarantined-mail-*.test.ts',
      'test/pair/operation/sighup-*.test.ts',
      'test/pair/operation/sigterm-*.test.ts',
      'test/pair/queue/some-recipients-*.test.ts',
      'test/pair/filter/spam-taught-*.test.ts',
      'test/pair/sign-in/submitters-and-what-was-kept-*.test.ts',
      'test/pair/operation/the-api-wants-*.test.ts',
      'test/pair/partner/the-backup-mx-knows-*.test.ts',
      'test/pair/load/too-much-for-*.test.ts',
      'test/pair/filter/who-comes-too-often-*.test.ts',
      'test/pair/filter/who-guesses-*.test.ts',
      'test/pair/sign-in/who-guesses-*.test.ts',
    ],
  },
};
