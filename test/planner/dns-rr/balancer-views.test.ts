import { Balancer } from '@mailpair/planner/dns-rr/balancer';
import type { News } from '@mailpair/planner/dns-rr/news';
import type { Observation } from '@mailpair/planner/dns-rr/observe';
import { expect } from 'chai';
import { beforeEach, describe, it } from 'mocha';
import { FakeServer, list } from './fake-server.ts';
import { down, leaving, up } from './observations.ts';

const name = 'mx-in.example.com';
const nodes = ['192.0.2.1', '192.0.2.2'].map((address, index) => ({
  host: `in${index + 1}.example.com`,
  addresses: [address],
}));

describe('the views of balancers', () => {
  let now: number;
  let looks: Observation[];
  let server: FakeServer;
  let news: News[];
  let balancer: Balancer;

  const events = (): string[] => news.map(({ event }) => event);
  const open = (by = 'ns1/a', see = () => looks): Balancer =>
    new Balancer({
      name,
      nodes,
      look: () => Promise.resolve(see()),
      server,
      zone: null,
      rules: { deadAfter: 3, backAfter: 2, ttlSeconds: 60, intervalMs: 300_000, floor: 1 },
      own: { by, since: now / 1000, renewMs: 60_000, validSeconds: 180 },
      writesView: true,
      dryRun: false,
      clock: { now: () => now },
      tell: (item) => void news.push(item),
    });

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
      second = open('ns2/b', () => seen);
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
      second = open('ns2/b', () => seen);
      await both(1);
      now += 300_000 - (now % 300_000);
      looks = [up(0), up(0)];
      seen = [up(0), up(0.95)];
      const begun = server.updates;
      await both(300);
      expect(server.updates).to.equal(begun);
    });

    it('lets the other decide alone from when it leaves', async () => {
      await both(12);
      looks = [up(), down];
      await both(12);
      expect(server.updates).to.equal(0);
      await second.leave();
      expect(server.views).to.have.length(1);
      await steps(7);
      expect(list(server.records)).to.deep.equal(['192.0.2.1']);
    });

    it('is not told of as foreign', async () => {
      looks = [up(), down];
      seen = [up(), down];
      await both(60);
      expect(events()).to.not.include('records.foreign');
    });
  });

  it('withdraws what only an updater saw that has ended, three minutes after another one starts', async () => {
    await open('ns1/before').step();
    looks = [up(), down];
    await steps(18);
    expect(server.updates).to.equal(0);
    await steps(7);
    expect(list(server.records)).to.deep.equal(['192.0.2.1']);
    expect(server.views).to.have.length(1);
  });

  it('starts again as often as it likes', async () => {
    for (let start = 0; start < 60; start += 1) {
      balancer = open(`ns1/${start}`);
      await steps(3);
    }
    expect(server.views.length).to.be.at.most(17);
    expect(events()).to.not.include('views.too-many');
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
    const sixteen = Array.from({ length: 16 }, (_, index) => open(`ns${index + 2}/x`));
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

  it('writes its view again as soon as it finds it gone', async () => {
    now = 20_000;
    await steps(27); // it has renewed its view at 260 s
    server.views = [];
    await steps(2); // the slot that begins at 300 s lets it read
    expect(server.views).to.have.length(1);
  });

  it('writes its view again when somebody removes it, and knows it again when an answer was lost', async () => {
    await steps(1);
    server.views = [];
    server.losesAnswer = true;
    await steps(30);
    expect(server.views).to.have.length(1);
    expect(events()).to.deep.equal(['records.fault', 'records.recovered']);
  });
});
