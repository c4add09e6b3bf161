import { expect } from 'chai';
import fc from 'fast-check';
import { describe, it } from 'mocha';
import { banAgain, formatBan, latest, parseBan, type Ban } from '@mailpair/shared/filter/rates-and-bans/ban';

const HOUR = 3_600_000;
const network = '192.0.2.7/32';
const again = (before: Ban | undefined, now: number): Ban =>
  banAgain(before, { network, now, forMs: HOUR, reason: 'test' });

const bans = fc.record<Ban>({
  network: fc.constant(network),
  since: fc.nat(100),
  until: fc.nat(200),
  times: fc.nat(5),
  by: fc.constantFrom('harvest', 'operator'),
  reason: fc.string({ maxLength: 50 }),
  changedAt: fc.nat(5),
});

describe('a ban', () => {
  it('lasts twice as long each time within a day, up to a day', () => {
    let ban = again(undefined, 0);
    const hours: number[] = [];
    for (let count = 0; count < 8; count += 1) {
      hours.push((ban.until - ban.since) / HOUR);
      ban = again(ban, ban.until + HOUR);
    }
    expect(hours).to.deep.equal([1, 2, 4, 8, 16, 24, 24, 24]);
    expect(again(ban, ban.until + 25 * HOUR)).to.include({ times: 1 });
  });

  it('is read as it was written, and nothing else is read as one', () => {
    fc.assert(fc.property(bans, (ban) => void expect(parseBan(formatBan(ban))).to.deep.equal(ban)));
    fc.assert(fc.property(fc.json(), (text) => parseBan(text) === undefined));
    const good = again(undefined, 0);
    for (const wrong of [{ network: 'x/1' }, { until: -1 }, { until: 1e300 }, { by: 'me' }, { times: '1' }])
      expect(parseBan(JSON.stringify({ ...good, ...wrong })), JSON.stringify(wrong)).to.equal(undefined);
  });

  it('of two gateways ends at the same time whoever tells whom, in which order and how often', () => {
    fc.assert(
      fc.property(bans, bans, bans, (a, b, c) => {
        const end = (...of: Ban[]): number => of.reduce(latest).until;
        expect(end(a, b, c))
          .to.equal(end(c, b, a))
          .and.to.equal(end(b, a, c, b, a));
      }),
    );
  });
});
