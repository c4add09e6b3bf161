import { Balancer } from '@mailpair/planner/dns-rr/balancer';
import type { News } from '@mailpair/planner/dns-rr/news';
import type { Observation } from '@mailpair/planner/dns-rr/observe';
import { expect } from 'chai';
import { beforeEach, describe, it } from 'mocha';
import { FakeServer, list, published as set } from './fake-server.ts';
import { down, up } from './observations.ts';

const name = 'mx-in.example.com';
const nodes = ['192.0.2.1', '192.0.2.2'].map((address, index) => ({
  host: `in${index + 1}.example.com`,
  addresses: [address],
}));
describe('the balancer', () => {
  let now: number;
  let looks: Observation[];
  let server: FakeServer;
  let news: News[];
  let balancer: Balancer;

  const events = (): string[] => news.map(({ event }) => event);
  const open = (dryRun = false, by = 'ns1/a'): Balancer =>
    new Balancer({
      name,
      nodes,
      look: () => Promise.resolve(looks),
      server,
      zone: null,
      rules: { deadAfter: 3, backAfter: 2, ttlSeconds: 60, intervalMs: 300_000, floor: 1 },
      own: { by, since: now / 1000, renewMs: 60_000, validSeconds: 180 },
      writesView: true,
      dryRun,
      clock: { now: () => now },
      tell: (item) => void news.push(item),
    });

  /** So many looks, ten seconds apart. */
  async function steps(count: number): Promise<void> {
    for (let step = 0; step < count; step += 1) {
      await balancer.step();
      now += 10_000;
    }
  }

  beforeEach(() => {
    now = 0;
    looks = [up(), up()];
    server = new FakeServer('192.0.2.1', '192.0.2.2');
    news = [];
    balancer = open();
  });

  it('changes nothing that is as it ought to be', async () => {
    await steps(30);
    expect(server.updates).to.equal(0);
    expect(events()).to.deep.equal([]);
  });

  it('withdraws a dead node and takes it back, telling of it', async () => {
    await steps(1);
    looks = [up(), down];
    await steps(3);
    expect(list(server.records)).to.deep.equal(['192.0.2.1']);
    expect([...new Set(server.zones)]).to.deep.equal(['example.com']);
    looks = [up(), up()];
    await steps(2);
    expect(list(server.records)).to.deep.equal(['192.0.2.1']); // a TTL has not passed yet
    await steps(6);
    expect(list(server.records)).to.deep.equal(['192.0.2.1', '192.0.2.2']);
    expect(events()).to.deep.equal(['node.dead', 'records.updated', 'node.back', 'records.updated']);
    expect(news[0]?.text).to.equal('in2.example.com is dead (192.0.2.2: ECONNREFUSED)');
    expect(news[1]?.text).to.equal(`${name} is 192.0.2.1 now (it was 192.0.2.1, 192.0.2.2)`);
  });

  it('publishes all again when all look dead', async () => {
    looks = [up(), down];
    await steps(10);
    expect(list(server.records)).to.deep.equal(['192.0.2.1']);
    looks = [down, down];
    await steps(10);
    expect(list(server.records)).to.deep.equal(['192.0.2.1', '192.0.2.2']);
    expect(events().slice(-3)).to.deep.equal(['node.dead', 'node.all-dead', 'records.updated']);
  });

  it('tells once why a load is not known', async () => {
    looks = [up(), up(null)];
    await steps(5);
    expect(events()).to.deep.equal(['node.load-unknown']);
    expect(news[0]?.text).to.include('in2.example.com').and.include('it has no url');
  });

  it('notices every minute what somebody else has done, and puts it right', async () => {
    await steps(1);
    server.records = set('198.51.100.9');
    await steps(5);
    expect(events()).to.deep.equal([]);
    await steps(1);
    expect(events()).to.deep.equal(['records.foreign', 'records.updated']);
    expect(list(server.records)).to.deep.equal(['192.0.2.1', '192.0.2.2']);
  });

  it('does not overwrite what somebody else did since it was read, but reads again', async () => {
    server.records = set('192.0.2.1');
    server.meanwhile = () => {
      server.records = set('198.51.100.9');
      server.meanwhile = undefined;
    };
    await steps(1);
    expect(list(server.records)).to.deep.equal(['198.51.100.9']);
    await steps(1);
    expect(list(server.records)).to.deep.equal(['192.0.2.1', '192.0.2.2']);
    expect(events()).to.deep.equal(['records.foreign', 'records.updated']);
  });

  it('lives with a second one that does the same', async () => {
    const second = open(false, 'ns2/b');
    looks = [up(), down];
    for (let round = 0; round < 60; round += 1) {
      await second.step();
      await steps(1);
    }
    expect(server.updates).to.equal(1);
    expect(list(server.records)).to.deep.equal(['192.0.2.1']);
  });

  it('asks a server that fails less and less often, and tells when it is back', async () => {
    server.refuses = 'no such key';
    await steps(61);
    expect(server.asked).to.equal(4); // after 0, 60, 180 and 420 s
    expect(balancer.fault?.message).to.equal('no such key');
    expect(news.at(-1)?.text).to.equal('no such key; the records stay as they are, next try in 480 s');
    server.refuses = undefined;
    await steps(60);
    expect(balancer.fault).to.equal(undefined);
    expect(events()).to.deep.equal([...Array<string>(4).fill('records.fault'), 'records.recovered']);
  });

  it('in a dry run tells what it would change, once, and changes nothing', async () => {
    balancer = open(true);
    looks = [up(), down];
    server.records = set('192.0.2.2', '192.0.2.1'); // servers rotate their answers
    await steps(20);
    expect(events()).to.deep.equal(['node.dead', 'records.would-change']);
    expect(news[1]?.text).to.equal(`${name} would be set to 192.0.2.1 (it is 192.0.2.1, 192.0.2.2)`);
    expect(balancer.isDifferent).to.equal(true);
    expect(server.updates).to.equal(0);
  });

  it('restores all nodes, dead or alive', async () => {
    looks = [up(), down];
    await steps(3);
    await balancer.restore();
    expect(list(server.records)).to.deep.equal(['192.0.2.1', '192.0.2.2']);
    expect(server.views).to.deep.equal([]);
  });

  it('lets a fault that is not the server’s be seen', async () => {
    server.read = () => Promise.reject(new TypeError('a mistake of ours'));
    const [result] = await Promise.allSettled([balancer.step()]);
    expect(result.status).to.equal('rejected');
  });
});
