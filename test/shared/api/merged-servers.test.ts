import { mergeDns, mergeLocalServers } from '@mailpair/shared/api/merged-servers';
import type { LocalServerState } from '@mailpair/shared/smtp/route/local-server-state';
import type { DnsState } from '@mailpair/shared/platform/dns/dns-watch';
import { expect } from 'chai';
import fc from 'fast-check';
import { describe, it } from 'mocha';

const untried: LocalServerState = {
  host: 'mail.internal',
  port: 25,
  status: 'untried',
  outstanding: 0,
  failures: 0,
  errorRate: 0,
};
const up = (answeredAt: number): LocalServerState => ({ ...untried, status: 'up', answeredAt });
const failing = (failedAt: number): LocalServerState => ({ ...untried, status: 'up', failures: 1, failedAt });
const down = (failedAt: number): LocalServerState => ({
  ...untried,
  status: 'down',
  failures: 3,
  failedAt,
  probeAt: failedAt + 1_000,
});
const reply = { code: 554, enhanced: '5.7.1', text: 'No' };
const one = (...states: readonly LocalServerState[]): LocalServerState => mergeLocalServers(states)[0]!;

describe('a local server as several workers know it', () => {
  const cases: readonly [string, readonly LocalServerState[], Partial<LocalServerState>][] = [
    ['is untried while none tried it', [untried, untried], { status: 'untried' }],
    ['is up when the only one that tried it was answered', [untried, up(5)], { status: 'up', failures: 0 }],
    ['is down when one has it down and another was answered before', [up(5), down(9)], { status: 'down' }],
    ['is up when another was answered since', [down(5), up(9)], { status: 'up', answeredAt: 9, failedAt: 5 }],
    [
      'is down when another failed less often, but later',
      [down(5), failing(9)],
      { status: 'down', failedAt: 9 },
    ],
    ['has failed when that is the newest word', [up(5), failing(9)], { status: 'up', failures: 1 }],
    ['has not failed when another was answered later', [failing(5), up(9)], { status: 'up', failures: 0 }],
  ];
  for (const [title, states, wanted] of cases)
    it(title, () => {
      expect(one(...states)).to.include(wanted);
      expect(one(...states.toReversed())).to.include(wanted);
    });

  it('refuses this gateway when one was refused and none was served since', () => {
    const refused = { ...up(5), refusal: { reply, at: 5, to: 'recipient' as const } };
    expect(one(refused, up(9)).refusal?.at).to.equal(5);
    expect(one({ ...up(9), takenAt: 9 }, refused)).to.not.have.property('refusal');
    const closed = { ...failing(5), refusal: { reply, at: 5, to: 'session' as const } };
    expect(one(closed, up(4)).refusal?.at).to.equal(5);
    expect(one(closed, up(9))).to.not.have.property('refusal');
  });

  it('is down or up whatever the order of the workers', () => {
    const state = fc.oneof(
      fc.constant(untried),
      fc.integer({ min: 1, max: 9 }).chain((at) => fc.constantFrom(up(at), failing(at), down(at))),
    );
    fc.assert(
      fc.property(fc.array(state, { minLength: 1, maxLength: 4 }), (states) => {
        const times = (of: (state: LocalServerState) => number | undefined): number =>
          Math.max(0, ...states.map((each) => of(each) ?? 0));
        const answeredAt = times((each) => each.answeredAt);
        const isDown = states.some((each) => each.status === 'down' && each.failedAt! >= answeredAt);
        expect(one(...states).status === 'down').to.equal(isDown);
      }),
    );
  });

  it('is one of several, each with the attempts of all workers', () => {
    const other = { ...up(1), host: 'other.internal', outstanding: 2 };
    const merged = mergeLocalServers([up(5), other, down(9), { ...other, outstanding: 3 }]);
    expect(merged.map(({ host, status, outstanding }) => [host, status, outstanding])).to.deep.equal([
      ['mail.internal', 'down', 0],
      ['other.internal', 'up', 5],
    ]);
  });
});

describe('DNS as several workers know it', () => {
  const silent: DnsState = { standing: 'silent', failedAt: 9, silentSince: 4, faults: [] };
  const answers = (answeredAt: number): DnsState => ({ standing: 'answers', answeredAt, faults: [] });

  it('is silent when the newest word is that no server answers', () => {
    expect(mergeDns([answers(5), silent, { standing: 'untried', faults: [] }])).to.deep.equal({
      ...silent,
      answeredAt: 5,
    });
    expect(mergeDns([silent, answers(12)])).to.include({ standing: 'answers', answeredAt: 12, failedAt: 9 });
  });
});
