import { describe, it } from 'mocha';
import { expect } from 'chai';
import fc from 'fast-check';
import type { Reply } from '@mailpair/shared/platform/values/reply';
import { LocalServers } from '@mailpair/shared/smtp/route/local-servers';
import type { LocalServer } from '@mailpair/shared/smtp/route/local-server-state';

const server = (host: string, weight = 1): LocalServer => ({ host, port: 25, weight });
const a = server('a');
const b = server('b');
const c = server('c');
const spare = server('spare', 0);
const noAnswer = { code: 451, enhanced: '4.4.1', text: 'No answer' };

/** A generator with a known start (mulberry32), so that a run can be repeated. */
function seededRandom(seed: number) {
  let state = seed;
  return {
    next() {
      state = (state + 0x6d2b79f5) | 0;
      let mixed = Math.imul(state ^ (state >>> 15), state | 1);
      mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
      return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
    },
  };
}

const create = (): LocalServers => new LocalServers(seededRandom(1));
const hosts = (servers: readonly LocalServer[]): string[] => servers.map(({ host }) => host);

function fail(servers: LocalServers, failing: LocalServer, now: number, times = 1): void {
  for (let time = 0; time < times; time++) {
    servers.started(failing);
    servers.failed(failing, 'refused', now, noAnswer);
  }
}

function succeed(servers: LocalServers, succeeding: LocalServer, now: number, tookMs = 5): void {
  servers.started(succeeding);
  servers.succeeded(succeeding, now, tookMs);
}

function statusOf(servers: LocalServers, { host }: LocalServer, now = 0) {
  return servers.state(now).find((state) => state.host === host);
}

describe('The local servers of a domain', () => {
  it('share idle traffic by weight', () => {
    const servers = create();
    const heavy = server('heavy', 3);
    const first = Array.from({ length: 4_000 }, () => servers.order([a, heavy], 0)[0]);
    const share = first.filter((each) => each === heavy).length / first.length;
    expect(share).to.be.closeTo(0.75, 0.03);
  });

  it('are chosen by the fewest attempts under way for their weight', () => {
    const servers = create();
    const heavy = server('heavy', 3);
    for (const busy of [a, heavy, heavy]) servers.started(busy);
    expect(hosts(servers.order([a, heavy, b], 0))).to.deep.equal(['b', 'heavy', 'a']);
    servers.succeeded(a, 0, 5);
    servers.started(b);
    expect(hosts(servers.order([a, heavy, b], 0))).to.deep.equal(['a', 'heavy', 'b']);
  });

  it('are the same whichever domain they are listed for', () => {
    const servers = create();
    servers.started({ ...a, weight: 7 });
    expect(hosts(servers.order([a, b], 0))).to.deep.equal(['b', 'a']);
  });

  it('include a spare, behind all others that are up and before those that are down', () => {
    const servers = create();
    for (let busy = 0; busy < 10; busy++) servers.started(a);
    expect(hosts(servers.order([spare, a], 0))).to.deep.equal(['a', 'spare']);
    fail(servers, b, 0, 3);
    expect(hosts(servers.order([b, spare, a], 0))).to.deep.equal(['a', 'spare', 'b']);
    fail(servers, a, 0, 3);
    expect(hosts(servers.order([b, spare, a], 0))[0]).to.equal('spare');
  });

  it('are down after three failures in a row, and not after three with a success between', () => {
    const servers = create();
    fail(servers, a, 0, 2);
    servers.started(a);
    servers.succeeded(a, 0, 5);
    fail(servers, a, 0, 2);
    expect(statusOf(servers, a)).to.include({ status: 'up', failures: 2, lastFault: 'refused' });
    fail(servers, a, 0);
    expect(statusOf(servers, a)).to.include({ status: 'down', failures: 3, probeAt: 1_000 });
    expect(hosts(servers.order([a, b], 0))).to.deep.equal(['b', 'a']);
  });

  it('are all down when each is within its back-off, and are still listed, the next to be probed first', () => {
    const servers = create();
    fail(servers, b, 0, 3);
    expect(servers.allDown([a, b], 0)).to.equal(false);
    fail(servers, a, 500, 3);
    expect(servers.allDown([a, b], 999)).to.equal(true);
    expect(hosts(servers.order([a, b], 999))).to.deep.equal(['b', 'a']);
    expect(servers.allDown([a, b], 1_000)).to.equal(false);
  });

  it('get one probe at a time once the back-off is over, before those that are up', () => {
    const servers = create();
    fail(servers, a, 0, 3);
    expect(hosts(servers.order([b, a], 1_000))).to.deep.equal(['a', 'b']);
    servers.started(a);
    expect(statusOf(servers, a)?.status).to.equal('probing');
    expect(hosts(servers.order([b, a], 1_000))).to.deep.equal(['b', 'a']);
    expect(servers.allDown([a], 1_000)).to.equal(true);
  });

  it('are untried until an attempt ends', () => {
    const servers = create();
    servers.order([a, b], 0);
    servers.started(a);
    const states = servers.state(0, [a, b, a]).map(({ host, status }) => `${host} ${status}`);
    expect(states).to.deep.equal(['a untried', 'b untried']);
    expect(servers.trouble([a, b])).to.equal(undefined);
  });

  it('that refuse this gateway are told of each time, and when they take mail again', () => {
    const told: string[] = [];
    const servers = new LocalServers(seededRandom(1), {
      refuses: ({ host }, { text }) => void told.push(`${host} refuses: ${text}`),
      takesAgain: ({ host }) => void told.push(`${host} takes again`),
    });
    const denied = { code: 554, enhanced: '5.7.1', text: 'Access denied' };
    const ok = { code: 250, enhanced: '2.1.5', text: 'OK' };
    const answer = (recipient: string, reply: Reply, now: number): void =>
      servers.answered(a, 'call-forward', '', [{ recipient, stage: 'rcpt', reply }], now);
    servers.started(a);
    servers.failed(a, 'unavailable', 1, denied);
    expect(statusOf(servers, a)?.refusal).to.include({ reply: denied, at: 1 });
    succeed(servers, a, 2);
    answer('anna', denied, 2);
    expect(statusOf(servers, a)?.refusal).to.equal(undefined);
    answer('bert', denied, 3);
    answer('carl', denied, 4);
    expect(servers.trouble([b, a])).to.deep.include({
      text: 'the local server answered 554 5.7.1 Access denied',
      isRefusal: true,
    });
    answer('anna', ok, 5);
    expect(statusOf(servers, a)).to.include({ status: 'up', takenAt: 5 });
    expect(statusOf(servers, a)).to.not.have.property('refusal');
    expect(told).to.deep.equal([
      'a refuses: Access denied',
      'a takes again',
      'a refuses: Access denied',
      'a refuses: Access denied',
      'a takes again',
    ]);
  });

  it('are up again after a probe that succeeds', () => {
    const servers = create();
    fail(servers, a, 0, 3);
    servers.started(a);
    servers.succeeded(a, 0, 5);
    expect(statusOf(servers, a)).to.deep.equal({
      host: 'a',
      port: 25,
      status: 'up',
      outstanding: 0,
      failures: 0,
      answeredAt: 0,
      failedAt: 0,
      latencyMs: 5,
      errorRate: 0,
    });
    fail(servers, a, 5_000, 3);
    expect(statusOf(servers, a)?.probeAt, 'the back-off begins anew').to.equal(6_000);
  });

  it('wait twice as long after every probe that fails, at most a minute', () => {
    const servers = create();
    fail(servers, a, 0, 3);
    const backOffs: number[] = [];
    let now = 0;
    for (let probe = 0; probe < 8; probe++) {
      const probeAt = statusOf(servers, a)?.probeAt ?? NaN;
      backOffs.push(probeAt - now);
      expect(servers.allDown([a], probeAt - 1)).to.equal(true);
      expect(servers.allDown([a], probeAt)).to.equal(false);
      now = probeAt;
      fail(servers, a, now);
    }
    expect(backOffs).to.deep.equal([1_000, 2_000, 4_000, 8_000, 16_000, 32_000, 60_000, 60_000]);
  });

  it('are not punished for attempts that began before they were down', () => {
    const servers = create();
    for (let attempt = 0; attempt < 10; attempt++) servers.started(a);
    for (let attempt = 0; attempt < 10; attempt++) servers.failed(a, 'timeout', 100, noAnswer);
    expect(statusOf(servers, a)).to.include({ status: 'down', outstanding: 0, probeAt: 1_100 });
  });

  it('are not judged by an attempt that was abandoned', () => {
    const servers = create();
    fail(servers, a, 0, 3);
    servers.started(a);
    servers.abandoned(a);
    expect(statusOf(servers, a)).to.include({ status: 'down', outstanding: 0, failures: 3, probeAt: 1_000 });
    expect(servers.allDown([a], 1_000), 'the probe is free again').to.equal(false);
  });

  it('begin with a tenth of their weight when they come back, and have the whole of it after half a minute', () => {
    const servers = create();
    fail(servers, a, 0, 3);
    succeed(servers, a, 1_000);
    const share = (now: number): number => {
      const first = Array.from({ length: 4_000 }, () => servers.order([a, b], now)[0]);
      return first.filter((each) => each === a).length / first.length;
    };
    expect(share(1_000)).to.be.closeTo(0.1 / 1.1, 0.03);
    expect(share(16_000)).to.be.closeTo(0.55 / 1.55, 0.03);
    expect(share(31_000)).to.be.closeTo(0.5, 0.03);
  });

  it('are given no more at a time than their growing weight allows', () => {
    const servers = create();
    fail(servers, a, 0, 3);
    succeed(servers, a, 1_000);
    const chosen = Array.from({ length: 22 }, () => {
      const [first] = servers.order([a, b], 1_000);
      servers.started(first!);
      return first;
    });
    expect(chosen.filter((each) => each === a).length).to.be.within(2, 3);
  });

  it('are set aside while the others are far faster, and come back with little weight', () => {
    const servers = create();
    for (let i = 0; i < 20; i += 1) {
      succeed(servers, a, 0, 3_000);
      succeed(servers, b, 0, 20);
    }
    expect(hosts(servers.order([a, b], 0))).to.deep.equal(['b', 'a']);
    expect(statusOf(servers, a)).to.include({ status: 'aside', asideUntil: 30_000 });
    for (let busy = 0; busy < 50; busy += 1) servers.started(b);
    expect(hosts(servers.order([a, b], 29_999)), 'however busy the other is').to.deep.equal(['b', 'a']);
    expect(hosts(servers.order([a, b], 30_000))).to.deep.equal(['a', 'b']);
    expect(statusOf(servers, a, 30_000), 'it is judged anew').to.include({ status: 'up', errorRate: 0 });
  });

  it('are set aside for the errors they make while the others make none', () => {
    const servers = create();
    for (let i = 0; i < 20; i += 1) {
      for (const each of [a, b, c]) succeed(servers, each, 0, 20);
      if (i % 2 === 0) fail(servers, c, 0);
    }
    servers.order([a, b, c], 0);
    expect(statusOf(servers, c)).to.include({ status: 'aside' });
    expect(statusOf(servers, a)).to.include({ status: 'up' });
  });

  it('are set aside twice as long when it happens again, at most five minutes', () => {
    const servers = create();
    let now = 0;
    const times = Array.from({ length: 6 }, () => {
      for (let i = 0; i < 20; i += 1) {
        succeed(servers, a, now, 3_000);
        succeed(servers, b, now, 20);
      }
      servers.order([a, b], now);
      const until = statusOf(servers, a, now)?.asideUntil ?? NaN;
      const took = until - now;
      now = until;
      return took;
    });
    expect(times).to.deep.equal([30_000, 60_000, 120_000, 240_000, 300_000, 300_000]);
  });

  it('are not set aside when all are slow, nor when there is only one', () => {
    const servers = create();
    for (let i = 0; i < 20; i += 1) for (const each of [a, b]) succeed(servers, each, 0, 3_000);
    servers.order([a, b], 0);
    expect(statusOf(servers, a)?.status).to.equal('up');
    succeed(servers, b, 0, 1);
    servers.order([a], 0);
    expect(statusOf(servers, a)?.status).to.equal('up');
  });

  it('are at most half of them set aside, whatever happens', () => {
    const all = [a, b, c, server('d')];
    const event = fc.record({
      server: fc.constantFrom(...all),
      tookMs: fc.constantFrom(null, 5, 500, 20_000),
      times: fc.integer({ min: 1, max: 30 }),
      afterMs: fc.constantFrom(0, 10_000, 400_000),
    });
    fc.assert(
      fc.property(fc.array(event, { maxLength: 40 }), (events) => {
        const servers = create();
        let now = 0;
        for (const { server: subject, tookMs, times, afterMs } of events) {
          now += afterMs;
          for (let time = 0; time < times; time += 1)
            if (tookMs === null) fail(servers, subject, now);
            else succeed(servers, subject, now, tookMs);
          const order = servers.order(all, now);
          const states = servers.state(now);
          const isAside = (each: LocalServer): boolean =>
            states.some(({ host, status }) => host === each.host && status === 'aside');
          expect(all.filter(isAside).length).to.be.at.most(2);
          const firstAside = order.findIndex(isAside);
          const lastUp = order.findLastIndex((each) => !isAside(each) && !servers.allDown([each], now));
          if (firstAside >= 0) expect(firstAside).to.be.greaterThan(lastUp);
          for (const { asideUntil = 0 } of states) expect(asideUntil).to.be.at.most(now + 300_000);
        }
        const later = now + 400_000;
        expect(
          servers.state(later).some(({ status }) => status === 'aside'),
          'all come back',
        ).to.equal(false);
      }),
    );
  });

  it('keep the promises of the order whatever happens to them', () => {
    const all = [a, b, c, spare];
    const event = fc.record({
      server: fc.constantFrom(...all),
      what: fc.constantFrom('started', 'succeeded', 'failed', 'failed', 'failed', 'abandoned'),
      afterMs: fc.constantFrom(0, 10, 1_000, 70_000),
    });
    fc.assert(
      fc.property(fc.array(event, { maxLength: 60 }), fc.integer(), (events, seed) => {
        const servers = new LocalServers(seededRandom(seed));
        let now = 0;
        for (const { server: subject, what, afterMs } of events) {
          now += afterMs;
          if (what === 'failed') servers.failed(subject, 'timeout', now, noAnswer);
          else if (what === 'succeeded') servers.succeeded(subject, now, 5);
          else servers[what as 'started'](subject);

          const order = servers.order(all, now);
          expect(order).to.have.members(all);
          const isUsable = (each: LocalServer): boolean => !servers.allDown([each], now);
          const usable = order.map(isUsable);
          expect(usable, 'those that are down come last').to.deep.equal([...usable].sort().reverse());
          const others = order.filter((each) => each !== spare && isUsable(each));
          if (isUsable(spare)) expect(order.indexOf(spare)).to.equal(others.length);
          expect(servers.allDown(all, now)).to.equal(!usable.includes(true));
          for (const { outstanding, probeAt = 0 } of servers.state(now)) {
            expect(outstanding).to.be.at.least(0);
            expect(probeAt).to.be.at.most(now + 60_000);
          }
        }
      }),
    );
  });
});
