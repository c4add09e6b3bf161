import { KnownClients } from '@mailpair/shared/gateway/pair/known-clients';
import { BoundedMap } from '@mailpair/shared/platform/maps/bounded-map';
import { expect } from 'chai';
import fc from 'fast-check';
import { describe, it } from 'mocha';

const HOUR = 3_600_000;
const DAY = 24 * HOUR;
const WEEK = 7 * DAY;
const AT = 1_798_761_600_000;

const small = (fresh: number, long: number): KnownClients =>
  new KnownClients({ new: new BoundedMap(fresh), long: new BoundedMap(long), most: long });

/** Everything that `from` can tell, told to `to`. @returns how much was news */
const tell = (from: KnownClients, to: KnownClients, now: number): number =>
  to.take(
    [...from.all()].map((client) => from.look(client)).filter((item) => item !== undefined),
    now,
  );

describe('known clients', () => {
  it('are those whose mail was taken, for a week', () => {
    const known = new KnownClients();
    expect(known.has('192.0.2.1', AT)).to.equal(false);
    known.delivered('192.0.2.1', '', AT);
    expect(known.has('192.0.2.1', AT + WEEK - 1)).to.equal(true);
    expect(known.has('192.0.2.1', AT + WEEK)).to.equal(false);
    expect(known.has('192.0.2.2', AT)).to.equal(false);
  });

  it('are networks of 64 bits with IPv6', () => {
    const known = new KnownClients();
    known.delivered('2001:db8::1', '', AT);
    expect(known.has('2001:db8::ffff:1', AT)).to.equal(true);
    expect(known.has('2001:db8:0:1::1', AT)).to.equal(false);
  });

  for (const [kind, addressAt, beside] of [
    ['an IPv4 /24', (n: number) => `192.0.2.${n}`, '192.0.3.9'],
    ['an IPv6 /48', (n: number) => `2001:db8:1:${n}::1`, '2001:db8:2:9::1'],
  ] as const)
    it(`are ${kind} as a whole when five clients there delivered mail of one domain that passed DMARC`, () => {
      const known = new KnownClients();
      for (let n = 1; n <= 4; n += 1) known.delivered(addressAt(n), 'large.test', AT);
      known.delivered(addressAt(5), '', AT);
      known.delivered(addressAt(6), 'other.test', AT);
      expect(known.has(addressAt(99), AT)).to.equal(false);
      known.delivered(addressAt(7), 'large.test', AT + HOUR);
      expect(known.has(addressAt(99), AT + HOUR)).to.equal(true);
      expect(known.domainOf(addressAt(99), AT + HOUR)).to.equal('large.test');
      expect(known.has(beside, AT + HOUR)).to.equal(false);
      expect(known.has(addressAt(99), AT + WEEK + HOUR), 'a week later').to.equal(false);
    });

  it('of a provider whose clients send for many domains, are known by the domain that they have in common', () => {
    const known = new KnownClients();
    for (let hour = 0; hour < 6; hour += 1)
      for (let n = 1; n <= 5; n += 1) {
        const domain = (hour + n) % 3 === 0 ? 'common.test' : `tenant${n}-${hour}.test`;
        known.delivered(`192.0.2.${n}`, domain, AT + hour * HOUR + n);
      }
    expect(known.domainOf('192.0.2.99', AT + 6 * HOUR)).to.equal('common.test');
  });

  it('of a network that is known as a whole are not noted one by one', () => {
    const known = new KnownClients();
    const noted: string[] = [];
    known.noted = (client) => noted.push(client);
    for (let n = 1; n <= 200; n += 1) known.delivered(`192.0.2.${n}`, 'large.test', AT + n);
    expect(noted).to.have.length(5);
  });

  it('are noted again after an hour, not each time', () => {
    const known = new KnownClients();
    const noted: string[] = [];
    known.noted = (client) => noted.push(client);
    for (let minute = 0; minute < 120; minute += 1)
      known.delivered('192.0.2.1', 'a.test', AT + minute * 60_000);
    expect(noted).to.have.length(2);
  });

  it('are bounded: newcomers push out the network not heard of for the longest', () => {
    const known = small(2, 2);
    known.delivered('192.0.2.1', '', AT);
    known.delivered('198.51.100.1', '', AT + 1);
    known.delivered('192.0.2.1', '', AT + HOUR);
    known.delivered('203.0.113.1', '', AT + HOUR + 1);
    const are = ['192.0.2.1', '198.51.100.1', '203.0.113.1'].map((each) => known.has(each, AT + HOUR + 2));
    expect(are).to.deep.equal([true, false, true]);
  });

  it('of long standing stay, however many strangers come, and however long they go on', () => {
    const strangers = fc.array(fc.record({ network: fc.nat(60), host: fc.nat(255), afterMs: fc.nat(HOUR) }), {
      maxLength: 300,
    });
    fc.assert(
      fc.property(strangers, fc.nat(3), (come, host) => {
        const known = small(4, 8);
        let now = AT;
        const regulars = [0, 1, 2].map((n) => `192.0.${n}.${host}`);
        for (const at of [now, now + 30 * DAY - WEEK, now + 30 * DAY]) {
          for (const day of [0, 6]) for (const each of regulars) known.delivered(each, '', at + day * DAY);
        }
        for (let at = now; at < now + 30 * DAY; at += 6 * DAY)
          for (const each of regulars) known.delivered(each, '', at);
        now += 30 * DAY;
        for (const each of regulars) known.delivered(each, '', now);
        const end = now + WEEK;
        for (const { network, host: other, afterMs } of come) {
          now = Math.min(end - 1, now + afterMs);
          const address = network < 3 ? `192.0.${network}.${other}` : `198.51.${network}.${other}`;
          known.delivered(address, 'flood.test', now);
        }
        for (const each of regulars) expect(known.has(each, now), each).to.equal(true);
      }),
    );
  });

  it('of two networks of long standing, the longer one stays where there is room for one', () => {
    const known = small(4, 1);
    for (let day = 0; day <= 3; day += 1) known.delivered('192.0.2.1', '', AT + day * DAY);
    for (let day = 2; day <= 4; day += 1) known.delivered('198.51.100.1', '', AT + day * DAY);
    expect(known.count()).to.deep.equal({ new: 1, long: 1 });
    expect(known.has('192.0.2.1', AT + 4 * DAY)).to.equal(true);
    for (let day = 5; day <= 11; day += 1) known.delivered('198.51.100.1', '', AT + day * DAY);
    for (let n = 0; n < 4; n += 1) known.delivered(`203.0.${n}.1`, '', AT + 11 * DAY);
    expect(known.has('198.51.100.1', AT + 11 * DAY), 'it took the place of who was forgotten').to.equal(true);
  });

  it('in a crowded network are those of longest standing', () => {
    const known = new KnownClients();
    known.delivered('192.0.2.1', '', AT);
    known.delivered('192.0.2.1', '', AT + 2 * DAY);
    for (let n = 2; n < 200; n += 1) known.delivered(`192.0.2.${n}`, '', AT + 2 * DAY + n);
    expect(known.has('192.0.2.1', AT + 3 * DAY)).to.equal(true);
    expect(known.has('192.0.2.100', AT + 3 * DAY)).to.equal(false);
  });

  it('are told to partners with their standing, in any order, twice or not', () => {
    const [one, other] = [new KnownClients(), new KnownClients()];
    one.delivered('192.0.2.1', '', AT);
    one.delivered('192.0.2.1', 'a.test', AT + 2 * DAY);
    for (let n = 1; n <= 5; n += 1) one.delivered(`198.51.100.${n}`, 'large.test', AT + 2 * DAY);
    const now = AT + 2 * DAY;
    expect(tell(one, other, now)).to.equal(6);
    expect(tell(one, other, now)).to.equal(0);
    expect(tell(other, one, now)).to.equal(0);
    expect(other.count()).to.deep.equal({ new: 1, long: 1 });
    for (const each of ['192.0.2.1', '198.51.100.77']) expect(other.has(each, now), each).to.equal(true);
  });

  it('of a partner whose clock is ahead are not known for longer, and what is no item is passed over', () => {
    const known = new KnownClients();
    const told = (...item: unknown[]): number => known.take([JSON.stringify(item)], AT);
    expect(told('192.0.2.1', AT, AT + 30 * DAY, '')).to.equal(1);
    expect(known.has('192.0.2.1', AT + WEEK)).to.equal(false);
    for (const item of [
      ['192.0.2.2', AT, AT - 1, ''],
      ['192.0.2.2', AT - 2 * WEEK, AT - WEEK, ''],
      ['192.0.2.0/24', AT, AT, ''],
      ['2001:db8::1', AT, AT, ''],
      ['nobody', AT, AT],
      [7, AT, AT, ''],
      ['192.0.2.2', 'x', AT, ''],
    ])
      expect(told(...item), JSON.stringify(item)).to.equal(0);
    expect(known.take(['', '{}', '[', 'null'], AT)).to.equal(0);
    expect([...known.all()]).to.deep.equal(['192.0.2.1']);
  });
});
