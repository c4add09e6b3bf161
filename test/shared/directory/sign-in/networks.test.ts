import { mkdtempSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { openSignInNetworks, type SignInNetworks } from '@mailpair/shared/directory/sign-in/networks';
import { expect } from 'chai';
import { afterEach, beforeEach, describe, it } from 'mocha';

const DAY = 24 * 3_600_000;

describe('the networks from which accounts signed in', () => {
  let directory: string;
  let now: number;
  const opened: SignInNetworks[] = [];
  beforeEach(() => {
    directory = mkdtempSync(join(tmpdir(), 'mailpair-sign-ins-'));
    now = 1_798_761_600_000;
  });
  afterEach(async () => {
    for (const networks of opened.splice(0)) await networks.close();
    rmSync(directory, { recursive: true });
  });

  function open(name = 'journal', keeps = true): SignInNetworks {
    const networks = openSignInNetworks({
      path: join(directory, name),
      keeps,
      clock: { now: () => now },
      onFault: (error) => {
        throw error;
      },
    });
    opened.push(networks);
    return networks;
  }
  const tell = (from: SignInNetworks, to: SignInNetworks): number =>
    to.take([...from.all()].map((key) => from.look(key)).filter((item) => item !== undefined));

  it('are those of the last 30 days, of each account, with what is near to them', () => {
    const networks = open();
    networks.note('anna', '192.0.2.7');
    networks.note('anna', '2001:db8:0:1::/64');
    const seen = (...clients: string[]): string[] =>
      clients.map((client) => networks.standing('anna', client));
    const clients = [
      '192.0.2.7',
      '192.0.2.8',
      '192.0.3.7',
      '2001:db8:0:1::/64',
      '2001:db8:0:2::/64',
      '2001:db8:1:1::/64',
    ];
    expect(seen(...clients)).to.deep.equal(['known', 'nearby', 'new', 'known', 'nearby', 'new']);
    expect(networks.standing('bert', '192.0.2.7')).to.equal('new');
    now += 30 * DAY;
    expect(seen('192.0.2.7', '192.0.2.8')).to.deep.equal(['new', 'new']);
    expect([...networks.all()].map(networks.look)).to.deep.equal([undefined, undefined]);
  });

  it('are kept over a restart, readable for the account of the gateway alone', async () => {
    const before = open();
    before.note('anna "the boss"', '192.0.2.7');
    before.note('anna "the boss"', '192.0.2.9');
    await before.close();
    expect(statSync(join(directory, 'journal')).mode & 0o777).to.equal(0o600);
    expect(open().standing('anna "the boss"', '192.0.2.7')).to.equal('known');
    expect(open('journal', false).standing('anna "the boss"', '192.0.2.9')).to.equal('known');
  });

  it('are told once a day, to partners who learn the same in any order', () => {
    const [one, other] = [open('one'), open('other')];
    expect(one.note('anna', '192.0.2.7')).to.equal('192.0.2.7 anna');
    expect(one.note('anna', '192.0.2.7')).to.equal(null);
    expect([tell(one, other), tell(one, other)]).to.deep.equal([1, 0]);
    expect(other.standing('anna', '192.0.2.7')).to.equal('known');
    now += DAY;
    expect(one.note('anna', '192.0.2.7')).to.equal('192.0.2.7 anna');
    const old = JSON.stringify(['anna', '192.0.2.7', now - 40 * DAY]);
    const ahead = JSON.stringify(['anna', '192.0.2.20', now + 400 * DAY]);
    expect(other.take([old, ahead])).to.equal(1);
    now += 31 * DAY;
    expect(other.standing('anna', '192.0.2.20')).to.equal('new');
  });

  it('take nothing that makes no sense', () => {
    const networks = open();
    const items = ['', '7', '{}', '[]', '["anna"]', '["anna","x",1]', `["anna","192.0.2.7/32",${now}]`];
    items.push(
      `["${'a'.repeat(400)}","192.0.2.7",${now}]`,
      '["anna","192.0.2.7","1"]',
      `["anna","2001:db8::1",${now}]`,
    );
    expect(networks.take(items)).to.equal(0);
    expect([...networks.all()]).to.deep.equal([]);
  });

  it('are at most 64 of an account, and do not push out those of others', () => {
    const networks = open();
    networks.note('bert', '203.0.113.1');
    for (let n = 0; n < 5_000; n += 1) {
      now += 1;
      networks.note('anna', `198.51.${n >> 8}.${n & 255}`);
    }
    expect([...networks.all()]).to.have.length(65);
    expect(networks.standing('bert', '203.0.113.1')).to.equal('known');
    expect(networks.standing('anna', '198.51.19.135')).to.equal('known');
    expect(networks.standing('anna', '198.51.0.0')).to.equal('new');
  });
});
