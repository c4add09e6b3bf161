import { Balancer } from '@mailpair/shared/pair/dns-rr/balancer';
import type { News } from '@mailpair/shared/pair/dns-rr/news';
import type { Observation } from '@mailpair/shared/pair/dns-rr/observe';
import { expect } from 'chai';
import { beforeEach, describe, it } from 'mocha';
import { FakeServer, list, published as set } from './fake-server.ts';

const name = 'mx-in.example.com';
const nodes = ['192.0.2.1', '192.0.2.2'].map((address, index) => ({
  host: `in${index + 1}.example.com`,
  addresses: [address],
}));
const up = (load: number | null = 0): Observation => ({
  answers: ['yes'],
  said: ['220'],
  load,
  draining: null,
  noLoad: load === null ? 'it has no url' : null,
});
const down: Observation = {
  answers: ['no'],
  said: ['ECONNREFUSED'],
  load: null,
  draining: null,
  noLoad: 'it has no url',
};
const leaving: Observation = { ...up(), draining: true };
describe('the balancer', () => {
  let now: number;
  let looks: Observation[];
  let server: FakeServer;
  let news: News[];
  let balancer: Balancer;

  const events = (): string[] => news.map(({ event }) => event);
  const open = (dryRun = false, by = 'ns1/a', see = () => looks): Balancer =>
    new Balancer({
      name,
      nodes,
      look: () => Promise.resolve(see()),
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

  describe('beside another one', () => {
    let second: Balancer;
    let seen: Observation[];

    /** Both look, ten seconds apart; the addresses that stood there on the way, one after the other. */
    async function both(count: number): Promise<string[]> {
      const stood: string[] = [];
      for (let step = 0; step < count; step += 1) {
        await second.step();
        await steps(1);
        const now = list(server.records).toSorted().join();
        if (stood.at(-1) !== now) stood.push(now);
      }
      return stood;
    }

    beforeEach(() => {
      seen = [up(), up()];
      second = open(false, 'ns2/b', () => seen);
    });

    it('changes nothing for ten minutes while they see different nodes dead', async () => {
      looks = [up(), down];
      seen = [down, up()];
      expect(await both(60)).to.deep.equal(['192.0.2.1,192.0.2.2']);
      expect(server.updates).to.equal(0);
      // A start, then once a minute each.
      expect(server.viewUpdates).to.be.within(16, 24);
    });

    it('withdraws a node when neither sees it, and publishes it again when one does', async () => {
      looks = [up(), down];
      await both(12);
      expect(server.updates).to.equal(0);
      seen = [up(), down];
      expect(await both(3)).to.deep.equal(['192.0.2.1,192.0.2.2', '192.0.2.1']);
      looks = [up(), up()];
      expect(await both(12)).to.deep.equal(['192.0.2.1', '192.0.2.1,192.0.2.2']);
    });

    it('tells whose view keeps a node that is dead here', async () => {
      await both(1);
      looks = [up(), down];
      await both(3);
      const dead = news.find(({ event }) => event === 'node.dead');
      expect(dead?.text).to.include('it stays published while ns2 sees it alive');
      expect(dead?.fields).to.deep.include({ keptBy: ['ns2'] });
    });

    it('goes by its own view when that of the other has expired', async () => {
      await both(6);
      looks = [up(), down];
      await steps(12);
      expect(server.updates).to.equal(0);
      await steps(15);
      expect(list(server.records)).to.deep.equal(['192.0.2.1']);
      expect(events()).to.include.members(['views.joined', 'views.expired']);
    });

    it('withdraws a node that drains, though the other still sees it', async () => {
      await both(1);
      looks = [up(), leaving];
      await both(2);
      expect(list(server.records)).to.deep.equal(['192.0.2.1']);
      expect(events()).to.include('node.draining');
    });

    it('leaves the choice by load to the one that has run longest', async () => {
      second = open(false, 'ns2/b', () => seen);
      await both(1);
      now += 300_000 - (now % 300_000);
      looks = [up(0), up(0)];
      seen = [up(0), up(0.95)];
      const begun = server.updates;
      await both(300);
      expect(server.updates).to.equal(begun);
    });

    it('is not told of as foreign', async () => {
      looks = [up(), down];
      seen = [up(), down];
      await both(60);
      expect(events()).to.not.include('records.foreign');
    });
  });

  it('keeps out an address of a view whose updater has ended, once another one starts', async () => {
    const first = open(false, 'ns1/before');
    await first.step();
    looks = [up(), down];
    await steps(3);
    expect(list(server.records)).to.deep.equal(['192.0.2.1']);
    expect(server.views).to.have.length(1);
  });

  it('ignores a damaged view, tells of it once, and leaves it there', async () => {
    const text = 'v=mailpair1 by=nobody up=192.0.2.2';
    const damaged = Buffer.concat([Buffer.of(text.length), Buffer.from(text)]);
    server.views = [damaged];
    looks = [up(), down];
    await steps(20);
    expect(list(server.records)).to.deep.equal(['192.0.2.1']);
    expect(server.views.some((data) => data.equals(damaged))).to.equal(true);
    const told = news.filter(({ event }) => event === 'views.damaged');
    expect(told.map(({ fields }) => fields)).to.deep.equal([{ host: name, record: text }]);
  });

  it('goes on by itself where it may not write views, and tells what to allow', async () => {
    server.refusesViews = true;
    looks = [up(), down];
    await steps(20);
    expect(list(server.records)).to.deep.equal(['192.0.2.1']);
    expect(events()).to.deep.equal(['views.refused', 'node.dead', 'records.updated']);
  });

  it('only watches where sixteen others keep the name', async () => {
    const sixteen = Array.from({ length: 16 }, (_, index) => open(false, `ns${index + 2}/x`));
    for (let round = 0; round < 20; round += 1) {
      for (const each of sixteen) await each.step();
      looks = [up(), down];
      await steps(1);
      looks = [up(), up()];
    }
    expect(server.views).to.have.length(16);
    expect(events().filter((event) => event === 'views.too-many')).to.have.length(1);
    expect(list(server.records)).to.deep.equal(['192.0.2.1', '192.0.2.2']);
  });

  it('writes its view again when somebody removes it, and knows it again when an answer was lost', async () => {
    await steps(1);
    server.views = [];
    server.losesAnswer = true;
    await steps(30);
    expect(server.views).to.have.length(1);
    expect(events()).to.deep.equal(['records.fault', 'records.recovered']);
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
