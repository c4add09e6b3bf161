import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect } from 'chai';
import { afterEach, beforeEach, describe, it } from 'mocha';
import { openBans, type Bans } from '@mailpair/shared/filter/rates-and-bans/bans';
import { parseNetwork } from '@mailpair/shared/platform/network/addresses';

const HOUR = 3_600_000;

describe('bans', () => {
  let directory: string;
  let now = 0;
  const opened: Bans[] = [];
  beforeEach(() => {
    directory = mkdtempSync(join(tmpdir(), 'mailpair-bans-'));
    now = 1_798_761_600_000;
  });
  afterEach(async () => {
    for (const bans of opened.splice(0)) await bans.close();
    rmSync(directory, { recursive: true });
  });

  function open(name: string, skewMs = 0): Bans {
    const bans = openBans({
      path: join(directory, name),
      clock: { now: () => now + skewMs },
      onFault: (error) => {
        throw error;
      },
    });
    opened.push(bans);
    return bans;
  }
  const networkIn = (text: string) => parseNetwork(text)!;
  const found = (bans: Bans, ...addresses: string[]): boolean[] =>
    addresses.map((address) => bans.find(address) !== undefined);
  /** What `from` has changed, told to `to`. */
  const tell = (from: Bans, to: Bans): number =>
    to.take([...from.all()].map((key) => from.look(key)).filter((item) => item !== undefined));

  it('hold for every address of the network until they are over', () => {
    const bans = open('a');
    bans.impose('192.0.2.7/32', HOUR, 'test');
    bans.add(networkIn('198.51.100.0/24'), 2 * HOUR, 'test');
    bans.add(networkIn('2001:db8::/64'), 2 * HOUR, 'test');
    const addresses = ['192.0.2.7', '192.0.2.8', '198.51.100.200', '2001:db8::5', '2001:db8:0:1::5'];
    expect(found(bans, ...addresses)).to.deep.equal([true, false, true, true, false]);
    now += HOUR;
    expect(found(bans, ...addresses)).to.deep.equal([false, false, true, true, false]);
    expect(bans.list().map(({ network }) => network)).to.deep.equal(['198.51.100.0/24', '2001:db8::/64']);
  });

  it('are lifted by the address or the network, and not by a wider one', () => {
    const bans = open('a');
    bans.add(networkIn('192.0.2.0/24'), HOUR, 'test');
    bans.impose('192.0.2.7/32', HOUR, 'test');
    expect(bans.lift(networkIn('192.0.0.0/16'))).to.deep.equal([]);
    expect(bans.lift(networkIn('192.0.2.7')).map(({ network }) => network)).to.have.members([
      '192.0.2.0/24',
      '192.0.2.7/32',
    ]);
    expect(bans.list()).to.deep.equal([]);
  });

  it('are the same after a restart', async () => {
    const before = open('a');
    before.impose('192.0.2.7/32', HOUR, 'test');
    before.impose('192.0.2.8/32', HOUR, 'test');
    before.lift(networkIn('192.0.2.8'));
    await before.close();
    expect(found(open('a'), '192.0.2.7', '192.0.2.8')).to.deep.equal([true, false]);
  });

  it('are learnt from a partner, and so is that they are lifted, whoever lifts them', () => {
    const [one, other] = [open('a'), open('b')];
    one.impose('192.0.2.7/32', HOUR, 'test');
    expect(tell(one, other)).to.equal(1);
    expect(tell(one, other)).to.equal(0);
    expect(found(other, '192.0.2.7')).to.deep.equal([true]);
    other.lift(networkIn('192.0.2.7'));
    expect(tell(one, other)).to.equal(0);
    expect(tell(other, one)).to.equal(1);
    expect(found(one, '192.0.2.7')).to.deep.equal([false]);
  });

  it('are lifted also when the clock of the partner that imposed them is ahead', () => {
    const [one, ahead] = [open('a'), open('b', 60_000)];
    ahead.impose('192.0.2.7/32', HOUR, 'test');
    tell(ahead, one);
    one.lift(networkIn('192.0.2.7'));
    tell(one, ahead);
    tell(ahead, one);
    expect([...found(one, '192.0.2.7'), ...found(ahead, '192.0.2.7')]).to.deep.equal([false, false]);
  });

  it('take nothing from a partner that makes no sense', () => {
    const bans = open('a');
    const item = bans.impose('192.0.2.7/32', HOUR, 'test');
    const wrong = [{ network: '192.0.2.7/24' }, { network: '999.0.0.1/32' }, { until: 5 }];
    const items = [
      '',
      '{}',
      '[]',
      ...wrong.map((each) => JSON.stringify({ ...item, changedAt: now + 1, ...each })),
    ];
    expect(bans.take(items)).to.equal(0);
    expect(bans.list()).to.have.length(1);
  });
});
