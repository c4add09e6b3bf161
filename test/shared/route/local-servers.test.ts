import { describe, it } from 'mocha';
import { expect } from 'chai';
import fc from 'fast-check';
import { createLocalServers } from '@mailpair/shared/route/local-servers';
import type { LocalServer, LocalServers } from '@mailpair/shared/route/local-servers';

const server = (host: string, weight = 1): LocalServer => ({ host, port: 25, weight });
const a = server('a');
const b = server('b');
const c = server('c');
const spare = server('spare', 0);

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

const create = (): LocalServers => createLocalServers(seededRandom(1));
const hosts = (servers: readonly LocalServer[]): string[] => servers.map(({ host }) => host);

function fail(servers: LocalServers, failing: LocalServer, now: number, times = 1): void {
  for (let time = 0; time < times; time++) {
    servers.started(failing);
    servers.failed(failing, 'refused', now);
  }
}

function statusOf(servers: LocalServers, { host }: LocalServer) {
  return servers.state().find((state) => state.host === host);
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
    servers.succeeded(a);
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
    servers.succeeded(a);
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

  it('are up again after a probe that succeeds', () => {
    const servers = create();
    fail(servers, a, 0, 3);
    servers.started(a);
    servers.succeeded(a);
    expect(statusOf(servers, a)).to.deep.equal({
      host: 'a',
      port: 25,
      status: 'up',
      outstanding: 0,
      failures: 0,
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
    for (let attempt = 0; attempt < 10; attempt++) servers.failed(a, 'timeout', 100);
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

  it('keep the promises of the order whatever happens to them', () => {
    const all = [a, b, c, spare];
    const event = fc.record({
      server: fc.constantFrom(...all),
      what: fc.constantFrom('started', 'succeeded', 'failed', 'failed', 'failed', 'abandoned'),
      afterMs: fc.constantFrom(0, 10, 1_000, 70_000),
    });
    fc.assert(
      fc.property(fc.array(event, { maxLength: 60 }), fc.integer(), (events, seed) => {
        const servers = createLocalServers(seededRandom(seed));
        let now = 0;
        for (const { server: subject, what, afterMs } of events) {
          now += afterMs;
          if (what === 'failed') servers.failed(subject, 'timeout', now);
          else servers[what as 'started'](subject);

          const order = servers.order(all, now);
          expect(order).to.have.members(all);
          const isUsable = (each: LocalServer): boolean => !servers.allDown([each], now);
          const usable = order.map(isUsable);
          expect(usable, 'those that are down come last').to.deep.equal([...usable].sort().reverse());
          const others = order.filter((each) => each !== spare && isUsable(each));
          if (isUsable(spare)) expect(order.indexOf(spare)).to.equal(others.length);
          expect(servers.allDown(all, now)).to.equal(!usable.includes(true));
          for (const { outstanding, probeAt = 0 } of servers.state()) {
            expect(outstanding).to.be.at.least(0);
            expect(probeAt).to.be.at.most(now + 60_000);
          }
        }
      }),
    );
  });
});
