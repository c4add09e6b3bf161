import { faultsOf, isWell } from '@mailpair/mailpair/status/faults';
import type { Report } from '@mailpair/mailpair/status/report';
import { describeFaults } from '@mailpair/mailpair/status/summary';
import type { GatewayStatus } from '@mailpair/shared/api/queue-control';
import type { LocalServerState } from '@mailpair/shared/smtp/route/local-server-state';
import { expect } from 'chai';
import { describe, it } from 'mocha';
import { partner } from '../../shared/api/gateway-fixture.ts';

const NOW = 1_800_000_000_000;
const HOUR_MS = 3_600_000;

const server = (more: Partial<LocalServerState> = {}): LocalServerState => ({
  host: 'mail.internal',
  port: 25,
  status: 'up',
  outstanding: 0,
  failures: 0,
  errorRate: 0,
  ...more,
});

const well: GatewayStatus = {
  role: 'inbound',
  host: 'mx-in.example.com',
  running: true,
  sessions: 0,
  load: null,
  door: 'open',
  partners: [partner],
  lists: [{ name: 'sound.test', standing: 'sound', since: 0, testDueAt: NOW }],
  engines: [{ engine: 'clamav', server: 'unix:/c', standing: 'up', since: 0, active: 0 }],
  judging: { mode: 'enforce', checks: [] },
  queue: { entries: 5, active: 0, damaged: 0 },
  submittersHeld: [],
  signIns: { failedLastHour: 9, guessingClients: 2, refused: [] },
  localServers: [server(), server({ host: 'spare.internal', status: 'untried' })],
  dns: { standing: 'answers', answeredAt: NOW, faults: [] },
  disk: { freeBytes: 1e12, minFreeBytes: 1e9 },
  certificate: {
    file: '/tls.pem',
    selfSigned: false,
    validFrom: NOW - 60 * 24 * HOUR_MS,
    validUntil: NOW + 60 * 24 * HOUR_MS,
  },
};

const reportOf = (status: Partial<GatewayStatus>): Report => ({
  role: 'inbound',
  host: 'mx-in.example.com',
  state: 'running',
  status: { ...well, ...status },
});

const refusal = {
  reply: { code: 554, enhanced: '5.7.1', text: 'Access denied' },
  at: NOW,
  to: 'recipient' as const,
};
const until = (validUntil: number): Partial<GatewayStatus> => ({
  certificate: { ...well.certificate!, validUntil },
});
const held = (name: string): GatewayStatus['submittersHeld'][number] =>
  ({ name, held: { since: 0, reason: 'too many', by: 'limit' } }) as never;

/** What is told of a gateway with that, by severity. */
const cases: readonly [Partial<GatewayStatus>, string, RegExp][] = [
  [
    { localServers: [server({ refusal })] },
    'critical',
    /mail\.internal:25 REFUSES this gateway: 554 5\.7\.1 Access denied/,
  ],
  [{ localServers: [server({ refusal }), server({ host: 'b' })] }, 'error', /REFUSES/],
  [
    { localServers: [server({ status: 'down', failures: 7, lastFault: 'timeout' })] },
    'critical',
    /IS DOWN, .* 7 \(timeout\)/,
  ],
  [{ localServers: [server({ status: 'probing', failures: 3 })] }, 'critical', /IS DOWN/],
  [
    { localServers: [server({ failures: 1, lastFault: 'refused' })] },
    'critical',
    /DOES NOT ANSWER, .* 1 \(refused\)/,
  ],
  [
    {
      dns: {
        standing: 'silent',
        failedAt: NOW,
        silentSince: NOW - 40_000,
        faults: [{ server: '10.0.0.53', reason: 'ETIMEOUT' }],
      },
    },
    'critical',
    /DNS: no server answers for 40s \(10\.0\.0\.53: timeout\)/,
  ],
  [{ disk: { freeBytes: 9e8, minFreeBytes: 1e9 } }, 'critical', /the disk is full/],
  [{ disk: { freeBytes: 15e8, minFreeBytes: 1e9 } }, 'error', /nearly full/],
  [{ queue: { entries: 0, active: 0, damaged: 2 } }, 'error', /2 damaged messages or files/],
  [until(NOW - HOUR_MS), 'error', /certificate \/tls\.pem HAS EXPIRED 1h ago/],
  [until(NOW + 24 * HOUR_MS), 'notice', /expires in 1d/],
  [{ door: 'shut' }, 'error', /port for mail from the internet is closed/],
  [{ door: 'shedding' }, 'notice', /sent to the other MX/],
  [{ partners: [{ ...partner, state: 'dead' }] }, 'error', /partner inbound mx-in\.example\.com is DEAD/],
  [{ partners: [{ ...partner, state: 'suspect' }] }, 'notice', /SUSPECT/],
  [{ partners: [{ ...partner, state: 'unknown' }] }, 'notice', /not heard of yet/],
  [
    { partners: [{ ...partner, state: 'unknown', fault: 'no answer' }] },
    'error',
    /not heard of yet: no answer/,
  ],
  [{ partners: [{ ...partner, configDifferences: ['domains'] }] }, 'error', /another configuration: domains/],
  [{ partners: [{ ...partner, skewMs: -90_000 }] }, 'notice', /the clock of .* is 1m behind/],
  [{ submittersHeld: [held('bert')] }, 'error', /mail of submitter bert is held: too many/],
  [
    {
      engines: [
        {
          engine: 'clamav',
          server: 'c:1',
          standing: 'down',
          reason: 'gone',
          since: NOW - HOUR_MS,
          active: 0,
        },
      ],
    },
    'error',
    /clamav at c:1 is down for 1h: gone/,
  ],
  [
    { lists: [{ name: 'l.test', standing: 'off', reason: 'lies', since: 0, testDueAt: NOW }] },
    'notice',
    /l\.test is switched off: lies/,
  ],
  [{ judging: { mode: 'off', checks: [] } }, 'notice', /mail is not judged/],
  [{ signIns: { ...well.signIns!, refused: [{ network: '192.0.2.7' }] } }, 'notice', /sign-ins are refused/],
];

describe('what is wrong with gateways', () => {
  it('is nothing when all is well', () => {
    expect(faultsOf([reportOf({})], NOW)).to.deep.equal([]);
    expect(describeFaults([])).to.equal('All is well.');
  });

  for (const [status, severity, text] of cases)
    it(`is ${severity}: ${text.source}`, () => {
      const faults = faultsOf([reportOf(status)], NOW);
      expect(faults).to.have.length(1);
      expect(faults[0]).to.include({ severity, role: 'inbound', host: 'mx-in.example.com' });
      expect(faults[0]!.text).to.match(text);
      expect(faults[0]!.fix).to.not.equal('');
      expect(isWell(faults)).to.equal(severity === 'notice');
    });

  it('is a gateway that is stopped or cannot be reached, and not one that answers no more than that', () => {
    const found = (state: Report['state']): string[] =>
      faultsOf([{ role: 'outbound', host: 'mx-out.example.com', state, reason: 'why' }], NOW).map(
        ({ severity, text, fix }) => `${severity}: ${text}: ${fix}`,
      );
    expect(found('stopped')).to.deep.equal([
      'critical: the gateway is stopped: start it: systemctl start mailpair-outbound',
    ]);
    expect(found('unreachable')[0]).to.match(
      /^critical: the gateway cannot be reached \(why\): .*outbound\.http/,
    );
    expect(found('alive')).to.deep.equal([]);
  });

  it('is told worst first, with the count of faults and notices behind them', () => {
    const mixed = reportOf({
      door: 'shedding',
      ...until(NOW - HOUR_MS),
      localServers: [server({ refusal })],
    });
    const lines = describeFaults(faultsOf([reportOf({ submittersHeld: [held('bert')] }), mixed], NOW)).split(
      '\n',
    );
    expect(lines).to.have.length(4);
    expect(lines[0]).to.match(
      /^3 faults: inbound mx-in\.example\.com: local server mail\.internal:25 REFUSES/,
    );
    expect(lines[1]).to.match(/^ {2}fault: .* submitter bert is held/);
    expect(lines[2]).to.match(/^ {2}fault: .* HAS EXPIRED/);
    expect(lines[3]).to.match(/^ {2}notice: .* strangers are sent/);
  });
});
