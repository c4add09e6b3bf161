import { isLive, noLeases, withRecords, type Leases } from '@mailpair/planner/dns-rr/leases';
import { formatView } from '@mailpair/planner/dns-rr/view';
import { expect } from 'chai';
import { describe, it } from 'mocha';

const START = 1_790_000_000_000;
/** Written at a moment of the writer's clock. */
const written = (atMs: number, by = 'ns2/b'): Buffer =>
  formatView({ by, since: 1, at: Math.floor(atMs / 1000), validSeconds: 180, sightings: new Map() });

const live = ({ held }: Leases, now: number): string[] =>
  [...held.values()].filter((lease) => isLive(lease, now)).map(({ view }) => view.by);

describe('the views that count', () => {
  for (const skewMinutes of [-5, 0, 5])
    it(`are those renewed within their time, with a clock that is ${skewMinutes} minutes ahead`, () => {
      const skewMs = skewMinutes * 60_000;
      let leases = noLeases;
      for (let minute = 0; minute < 30; minute += 1) {
        const now = START + minute * 60_000;
        leases = withRecords(leases, [written(now + skewMs)], now);
        expect(live(leases, now + 59_000)).to.deep.equal(['ns2/b']);
      }
      const last = written(START + 29 * 60_000 + skewMs);
      const end = START + 29 * 60_000;
      leases = withRecords(leases, [last], end + 120_000);
      expect(live(leases, end + 179_000)).to.deep.equal(['ns2/b']);
      expect(live(withRecords(leases, [last], end + 180_000), end + 180_000)).to.deep.equal([]);
    });

  it('are not those that are older than any clock explains, when they are seen first', () => {
    const old = written(START - 781_000);
    expect(live(withRecords(noLeases, [old], START), START)).to.deep.equal([]);
    const perhaps = written(START - 700_000);
    expect(live(withRecords(noLeases, [perhaps], START), START)).to.deep.equal(['ns2/b']);
  });

  it('count a little longer after a time in which nobody could renew them', () => {
    const record = written(START);
    const before = withRecords(noLeases, [record], START);
    const after = withRecords(before, [record], START + 300_000, 200_000);
    expect(live(after, START + 300_000)).to.deep.equal(['ns2/b']);
    expect(live(after, START + 700_000)).to.deep.equal([]);
    const dead = withRecords(before, [record], START + 300_000, 60_000);
    expect(live(dead, START + 300_000)).to.deep.equal([]);
  });

  it('are the newest of each updater; the rest, and what is no view, is damaged', () => {
    const [old, fresh, none] = [written(START - 60_000), written(START), Buffer.from('none')];
    const leases = withRecords(noLeases, [old, none, fresh, written(START, 'ns3/c')], START);
    expect(live(leases, START).toSorted()).to.deep.equal(['ns2/b', 'ns3/c']);
    expect(leases.held.get('ns2/b')?.data).to.equal(fresh);
    expect(leases.damaged).to.have.members([old, none]);
  });
});
