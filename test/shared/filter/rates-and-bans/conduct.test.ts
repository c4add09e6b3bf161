import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect } from 'chai';
import { afterEach, beforeEach, describe, it } from 'mocha';
import { openBans, type Bans } from '@mailpair/shared/filter/rates-and-bans/bans';
import { Conduct, type ConductRules } from '@mailpair/shared/filter/rates-and-bans/conduct';
import { parseNetwork } from '@mailpair/shared/platform/network/addresses';

const MINUTE = 60_000;
const each = { count: 2, perMs: MINUTE };

describe('the conduct of clients', () => {
  let directory: string;
  let now = 0;
  let bans: Bans;
  beforeEach(() => {
    directory = mkdtempSync(join(tmpdir(), 'mailpair-conduct-'));
    bans = openBans({ path: join(directory, 'bans'), clock, onFault: () => undefined });
  });
  afterEach(async () => {
    await bans.close();
    rmSync(directory, { recursive: true });
  });

  const clock = { now: () => now };
  function conductBy(
    rates: Partial<ConductRules['rates']> = {},
    harvest: Partial<ConductRules['harvest']> = {},
  ) {
    const none = {
      connectionsPerClient: null,
      connectionsPerNetwork: null,
      messagesPerClient: null,
      messagesPerNetwork: null,
      messagesPerSender: null,
      recipientsPerClient: null,
      exempt: ['203.0.113.0/24'],
    };
    const usual = { credit: 4, refillMs: 60 * MINUTE, tarpitMs: 1, tarpitSessions: 1, banMs: MINUTE };
    const rules = { rates: { ...none, ...rates }, harvest: { ...usual, ...harvest } };
    return new Conduct(
      () => rules,
      () => ['198.51.100.9'],
      bans,
      clock,
    );
  }

  it('is not counted of who belongs to the site, the pair or the exempt', () => {
    const conduct = conductBy();
    for (const address of ['10.1.2.3', '127.0.0.1', 'fd00::1', '203.0.113.5', '198.51.100.9'])
      expect(conduct.guest(address), address).to.equal(null);
    expect(conduct.guest('192.0.2.7')).to.include({ client: '192.0.2.7', network: '192.0.2.0/24' });
  });

  it('limits connections, messages and recipients of a client', () => {
    const conduct = conductBy({
      connectionsPerClient: each,
      messagesPerClient: each,
      recipientsPerClient: each,
    });
    const guest = conduct.guest('192.0.2.7')!;
    const three = [1, 2, 3];
    const codes = [
      three.map(() => conduct.connects(guest)?.code),
      three.map((i) => conduct.sends(guest, `a${i}@sender.test`)?.code),
      three.map(() => conduct.addresses(guest)?.code),
    ];
    expect(codes).to.deep.equal([
      [undefined, undefined, 421],
      [undefined, undefined, 450],
      [undefined, undefined, 450],
    ]);
    expect(conduct.connects(guest)?.text).to.include('address, please try again in 30 seconds');
    expect(conduct.connects(conduct.guest('192.0.2.8')!)).to.equal(null);
    now += MINUTE;
    expect(conduct.connects(guest)).to.equal(null);
  });

  it('limits a neighbourhood, and a sender wherever it comes from', () => {
    const conduct = conductBy({ connectionsPerNetwork: each, messagesPerSender: each });
    const guests = ['2001:db8:1:1::1', '2001:db8:1:2::1', '2001:db8:1:3::1'].map((at) => conduct.guest(at)!);
    expect(guests.map((guest) => conduct.connects(guest)?.text.includes('network'))).to.deep.equal([
      undefined,
      undefined,
      true,
    ]);
    const from = (sender: string) => guests.map((guest) => conduct.sends(guest, sender)?.code);
    expect(from('a@sender.test')).to.deep.equal([undefined, undefined, 450]);
    expect(from('')).to.deep.equal([undefined, undefined, undefined]);
  });

  it('lets a client guess so often, makes it wait, and bans it', () => {
    const conduct = conductBy();
    const guest = conduct.guest('192.0.2.7')!;
    const follows = [1, 2, 3, 4].map(() => conduct.asksForUnknown(guest, 'a@sender.test'));
    expect(follows).to.deep.equal(['pass', 'pass', 'tarpit', 'ban']);
    expect(conduct.ban(guest)).to.include({ network: '192.0.2.7/32', until: now + MINUTE });
    expect(conduct.ban(conduct.guest('192.0.2.8')!)).to.equal(undefined);
  });

  it('bans an IPv6 network of 64 bits', () => {
    const conduct = conductBy({}, { credit: 1 });
    conduct.asksForUnknown(conduct.guest('2001:db8::1')!, 'a@sender.test');
    expect(conduct.ban(conduct.guest('2001:db8::2')!)).to.include({ network: '2001:db8::/64' });
  });

  it('costs bounces a quarter, and gives back for messages that are taken', () => {
    const conduct = conductBy();
    const guest = conduct.guest('192.0.2.7')!;
    const bounces = Array.from({ length: 9 }, () => conduct.asksForUnknown(guest, ''));
    expect(bounces.lastIndexOf('pass')).to.equal(7);
    for (let i = 0; i < 20; i += 1) {
      conduct.delivered(guest);
      expect(conduct.asksForUnknown(guest, 'a@sender.test')).to.not.equal('ban');
    }
  });

  it('is forgiven by time, and by who lifts the ban', () => {
    const conduct = conductBy();
    const guest = conduct.guest('192.0.2.7')!;
    const guess = () => conduct.asksForUnknown(guest, 'a@sender.test');
    for (let i = 0; i < 3; i += 1) guess();
    now += 60 * MINUTE;
    expect([guess(), guess(), guess(), guess()]).to.deep.equal(['pass', 'pass', 'tarpit', 'ban']);
    bans.lift(parseNetwork('192.0.2.7')!);
    expect(guess()).to.equal('pass');
  });

  it('may be whatever it is where there is no credit', () => {
    const conduct = conductBy({}, { credit: 0 });
    const guest = conduct.guest('192.0.2.7')!;
    for (let i = 0; i < 100; i += 1) expect(conduct.asksForUnknown(guest, '')).to.equal('pass');
  });

  it('counts what another process counted, and tells what it counts itself', () => {
    const [here, there] = [conductBy({ messagesPerClient: each }), conductBy({ messagesPerClient: each })];
    here.counted = (table, key, amount) => there.countToo(table, key, amount);
    there.counted = (table, key, amount) => here.countToo(table, key, amount);
    const guest = (conduct: Conduct) => conduct.guest('192.0.2.9')!;
    expect(here.sends(guest(here), '')).to.equal(null);
    expect(there.sends(guest(there), '')).to.equal(null);
    expect([here.sends(guest(here), ''), there.sends(guest(there), '')]).to.not.include(null);
    const asks = [here, there, here, there].map((conduct) =>
      conduct.asksForUnknown(guest(conduct), 'a@b.test'),
    );
    expect(asks).to.deep.equal(['pass', 'pass', 'tarpit', 'ban']);
  });
});
