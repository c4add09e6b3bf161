/**
 * The operator's side of a gateway in a temporary directory: a configuration for both roles, a real spool, and over
 * it, when asked, a running gateway's API with the real dispatcher and attempts that end as a test says.
 */
import { createHash } from 'node:crypto';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { KnownClients } from '@mailpair/shared/gateway/pair/known-clients';
import { Senders } from '@mailpair/shared/gateway/pair/senders';
import { openBans } from '@mailpair/shared/filter/rates-and-bans/bans';
import { operatorApi } from '@mailpair/shared/api/api';
import { Dispatcher } from '@mailpair/shared/gateway/dispatch/dispatch';
import { exampleOf } from '@mailpair/shared/filter/bayes/example';
import { openBayes, type Bayes } from '@mailpair/shared/filter/bayes/open-bayes';
import { readContent } from '@mailpair/shared/filter/content/read-content';
import { bayesDirectory } from '@mailpair/shared/filter/bayes/learning';
import type { Entry } from '@mailpair/shared/platform/values/entry';
import { openLmdbSpool } from '@mailpair/shared/spool/store/lmdb-spool';
import type { PartnerView } from '@mailpair/shared/gateway/pair/partner-view';
import { openQuarantine, type Quarantine } from '@mailpair/shared/gateway/quarantine/quarantining';
import { createIds } from '@mailpair/shared/spool/store/ids';
import type { Spool } from '@mailpair/shared/spool/store/spool';
import type { RoleName } from '@mailpair/shared/platform/values/role-name';
import { LocalServers } from '@mailpair/shared/smtp/route/local-servers';
import { createNextHopRest, type NextHopRest } from '@mailpair/shared/smtp/route/next-hop-rest';
import { openLedger } from '@mailpair/shared/directory/submitters/ledger-file';
import type { Ledger } from '@mailpair/shared/directory/submitters/ledger';
import { createSubmitterRules } from '@mailpair/shared/directory/submitters/rules';
import { systemClock } from '@mailpair/shared/platform/time/clock';
import { loadSettings } from '@mailpair/shared/config/read/load-settings';
import { healthRoutes } from '@mailpair/shared/gateway/compose/health-routes';
import { openHttp } from '@mailpair/shared/platform/http/http';
import { silentLog } from '@mailpair/shared/platform/log/log';
import { createMetrics } from '@mailpair/shared/platform/metrics/metrics';
import type { Settings } from '@mailpair/shared/config/settings';
import type { Body } from '@mailpair/shared/platform/values/body';
import type { SignInState } from '@mailpair/shared/platform/values/sign-in-state';
import { expect } from 'chai';
import { FakeAttempts } from '../gateway/dispatch/fake-attempts.ts';
import { entryOf, hour, recipientOf } from '../gateway/settle/entries.ts';
import { noRecords } from '../../support/no-records.ts';

const notExpected = (): never => expect.fail('this is not expected');

const signIns: SignInState = {
  failedLastHour: 240,
  guessingClients: 4,
  refused: [{ network: '192.0.2.7' }, { account: 'anna\u202e' }, { network: '192.0.2.9', account: 'bert' }],
};

export class GatewayHosts {
  readonly directory = mkdtempSync(join(tmpdir(), 'mailpair-queue-'));
  readonly config = join(this.directory, 'mailpair.yaml');
  readonly #open: (() => Promise<void>)[] = [];

  /** `http` of a role; port 1 is where nobody listens. */
  configure(http: Partial<Record<RoleName, string>> = {}): Settings {
    const role = (name: RoleName): string =>
      `  spool: ${join(this.directory, name)}\n  http: ${http[name] ?? '127.0.0.1:1'}\n`;
    writeFileSync(
      this.config,
      `domains: [example.com]
localServers: ["mail.internal:25"]
inbound:
  host: mx-in.example.com
  addresses: [192.0.2.10]
${role('inbound')}outbound:
  host: mx-out.example.com
  addresses: [192.0.2.20]
${role('outbound')}submitters:
  { messagesPerMinute: 0, messagesPerHour: 3, messagesPerDay: 0, recipientsPerHour: 0, recipientsPerDay: 0 }
routes: { example.org: "smtp://relay.example.org:2525" }
`,
    );
    return loadSettings({ file: this.config, env: {}, sets: [] });
  }

  openSpool(role: RoleName): Promise<Spool> {
    const directory = join(this.directory, role);
    return openLmdbSpool({ directory, minFreeBytes: 0, bodyFileThresholdBytes: 1_000, clock: systemClock });
  }

  /** Leaves entries in the spool of a gateway that is stopped. */
  async fill(role: RoleName, ...messages: readonly Stored[]): Promise<void> {
    const spool = await this.openSpool(role);
    await Promise.all(messages.map(({ entry, body }) => spool.add(entry, body)));
    await spool.close();
  }

  /** A running gateway. The configuration is written anew with its address. */
  async run(role: RoleName, watch: (spool: Spool) => Spool = (spool) => spool): Promise<RunningGateway> {
    const token = 'secret of the test';
    const spool = watch(await this.openSpool(role));
    this.#open.push(() => spool.close());
    this.keepToken(role, token);
    const settings = this.configure();
    const attempts = new FakeAttempts();
    const metrics = createMetrics('test');
    const dispatcher = new Dispatcher({
      settings: () => settings,
      spool,
      attempts,
      records: noRecords,
      notify: () => Promise.reject(new Error('no notice is expected')),
      retryAt: () => Date.now() + hour,
      clock: systemClock,
      log: silentLog,
      metrics,
    });
    this.#open.push(() => dispatcher.close());
    const ledger = openLedger({
      directory: join(this.directory, role),
      clock: systemClock,
      submitterOf: createSubmitterRules(settings),
      onExcess: () => undefined,
      onFault(error) {
        throw error;
      },
    });
    this.#open.push(() => ledger.close());
    const quarantine = await openQuarantine({
      directory: join(this.directory, role),
      settings: () => settings,
      clock: systemClock,
      log: silentLog,
      onDamage: () => undefined,
    });
    this.#open.push(() => quarantine.close());
    const learning = openBayes({
      directory: bayesDirectory(join(this.directory, role)),
      rules: () => settings.bayes,
      now: () => Date.now(),
      onFault: ({ message }) => expect.fail(message),
    });
    this.#open.push(() => learning.close());
    const senders = new Senders({ here: role, known: new KnownClients() });
    const bans = openBans({
      path: join(this.directory, role, 'bans.journal'),
      clock: systemClock,
      onFault: () => undefined,
    });
    this.#open.push(() => bans.close());
    const rest = createNextHopRest();
    const localServers = new LocalServers({ next: () => 0 });
    const parts = { role, host: settings[role].host, settings: () => settings, spool, ledger, dispatcher };
    const http = await openHttp({
      listen: { host: '127.0.0.1', port: 0 },
      token,
      isOwnHost: (name) => name === '127.0.0.1',
      routes: [
        ...healthRoutes({ notReady: () => [], details: () => ({}) }),
        ...operatorApi({
          ...parts,
          rest,
          localServers,
          sessions: () => 3,
          certificate: () => ({
            options: {},
            selfSigned: false,
            file: '/etc/tls.pem',
            validity: {
              validFrom: Date.now() - 60 * 24 * hour,
              validUntil: Date.now() + 10 * 24 * hour + 1_000,
            },
          }),
          load: () => ({ value: 0.82, parts: { sessions: 0.82, eventLoop: 0.314, io: 0.001 } }),
          door: () => 'shedding',
          draining: { drain: null, begin: notExpected, end: notExpected },
          reload: notExpected,
          workers: [],
          hasDue: () => false,
          partners: () => [partner],
          dns: () => ({ standing: 'answers', answeredAt: Date.now(), faults: [] }),
          disk: () => ({ freeBytes: 1e12, minFreeBytes: 1e8 }),
          signIns: { state: () => signIns },
          lists: () => [
            { name: 'sound.test', standing: 'sound', since: 0, testDueAt: Date.now() + hour },
            {
              name: 'lying.test',
              standing: 'off',
              reason: 'lists the world',
              since: 0,
              testDueAt: Date.now() + hour + 1_000,
            },
          ],
          judging: () => ({
            mode: 'observe',
            checks: [
              { name: 'virus', stage: 'message', roles: ['mx', 'submission'], onFault: 'defer' },
              { name: 'dns-list', stage: 'rcpt', roles: ['mx'], onFault: 'accept' },
            ],
          }),
          engines: () => [
            { engine: 'clamav', server: 'unix:/run/clamd', standing: 'up', since: 0, active: 3 },
            {
              engine: 'clamav',
              server: '192.0.2.30:3310',
              standing: 'down',
              reason: 'connect ECONNREFUSED',
              since: Date.now() - hour - 1_000,
              active: 0,
            },
          ],
          checkLocalServers: () => Promise.reject(new Error('no check is expected')),
          bans,
          senders,
          quarantine,
          records: noRecords,
          directory: join(this.directory, role),
          learning: {
            learn: (example) => learning.learn(example),
            learnBody: async (as, { chunks = [], path }) => {
              const octets = path === undefined ? Buffer.concat(chunks) : readFileSync(path);
              return learning.learn(exampleOf(readContent(octets), as, Date.now()));
            },
            status: () => learning.status(),
          },
          nextId: createIds({ clock: systemClock, slot: 0 }),
          clock: systemClock,
          log: silentLog,
        }),
      ],
    });
    this.#open.push(() => http.close());
    const address = `${http.address.host}:${http.address.port}`;
    return {
      settings: this.configure({ [role]: address }),
      url: `http://${address}`,
      token,
      spool,
      ledger,
      dispatcher,
      quarantine,
      learning,
      senders,
      attempts,
      rest,
      localServers,
    };
  }

  /** Stops what runs. */
  async stop(): Promise<void> {
    for (const close of this.#open.splice(0).toReversed()) await close();
  }

  async close(): Promise<void> {
    await this.stop();
    rmSync(this.directory, { recursive: true });
  }

  keepToken(role: RoleName, token: string): void {
    writeFileSync(join(this.directory, role, 'api-token'), `${token}\n`, { mode: 0o600 });
  }
}

/** What the running gateway knows of the other. */
export const partner: PartnerView = {
  role: 'inbound',
  node: 'mx-in.example.com',
  state: 'alive',
  draining: false,
  load: { value: 0.25, parts: { cpu: 0.25 } },
  headroom: 0.55,
  sheds: false,
  messagesPerSecond: null,
  grant: null,
  answered: {},
  freeDiskBytes: 5_000_000_000,
  version: '0.1.0',
  lastBeatAt: Date.now(),
  skewMs: 40,
  configDifferences: [],
  fault: null,
};

export interface RunningGateway {
  /** The configuration, with the address of its API. */
  readonly settings: Settings;
  readonly url: string;
  readonly token: string;
  readonly spool: Spool;
  readonly ledger: Ledger;
  readonly dispatcher: Dispatcher;
  readonly quarantine: Quarantine;
  readonly learning: Bayes;
  readonly senders: Senders;
  readonly attempts: FakeAttempts;
  readonly rest: NextHopRest;
  readonly localServers: LocalServers;
}

export interface Stored {
  readonly entry: Entry;
  readonly body: Body;
}

/** A message received an hour ago to somebody at example.net, due in an hour after one deferral. */
export function stored(
  id: string,
  changes: Partial<Entry> & { readonly to?: readonly string[]; readonly octets?: Buffer } = {},
): Stored {
  const {
    to = ['user@example.net'],
    octets = Buffer.from(`Subject: ${id}\r\n\r\nHello\r\n`),
    ...rest
  } = changes;
  const now = Date.now();
  const sha256 = createHash('sha256').update(octets).digest('hex');
  const last = {
    reply: { code: 451, enhanced: '4.2.1', text: 'Later' },
    host: 'mx.example.net',
    at: now - hour / 2,
  };
  const entry = entryOf({
    id,
    receivedAt: now - hour,
    expiresAt: now + 100 * hour,
    recipients: to.map((address) => recipientOf({ address, attempts: 1, dueAt: now + hour, last })),
    body: { sizeBytes: octets.length, sha256, eightBit: false },
    ...rest,
  });
  return { entry, body: { sizeBytes: octets.length, sha256, chunks: [octets], hops: 0, eightBit: false } };
}
