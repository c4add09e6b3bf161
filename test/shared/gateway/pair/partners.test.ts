import { expect } from 'chai';
import { afterEach, beforeEach, describe, it } from 'mocha';
import { MOST_ITEMS } from '@mailpair/shared/gateway/pair/partner-outbox';
import { TwoNodes, type TestNode } from './two-nodes.ts';

describe('two partners', () => {
  let nodes: TwoNodes;
  beforeEach(() => {
    nodes = new TwoNodes();
  });
  afterEach(() => nodes.close());

  const events = ({ told }: TestNode): string[] => told.map(({ event }) => event);
  const learn = (node: TestNode, ...recipients: string[]): void => {
    for (const recipient of recipients) {
      node.known.set(recipient, `about ${recipient}`);
      node.tell(recipient);
    }
  };

  it('introduce themselves, and are alive to each other', async () => {
    nodes.meet();
    await nodes.pass(1_000);
    expect(nodes.inbound.results).to.include.members([
      'sent introduced',
      'sent answered',
      'received admitted',
    ]);
    for (const node of [nodes.inbound, nodes.outbound]) {
      expect(node.partner).to.deep.include({ state: 'alive', headroom: 0.5, skewMs: 0, fault: null });
      expect(events(node)).to.deep.equal(['partner.alive']);
    }
  });

  it('tell each other when local servers answered them, whatever their clocks say', async () => {
    nodes.outbound.skewMs = 3_000;
    nodes.meet();
    await nodes.pass(1_000);
    for (const { partner } of [nodes.inbound, nodes.outbound])
      expect(partner.answered).to.deep.equal({ 'mail.internal:25': partner.lastBeatAt! - 1_000 });
  });

  it('tell each other what they learn, each thing once', async () => {
    nodes.meet();
    await nodes.pass(1_000);
    learn(nodes.inbound, 'a@x.test', 'b@x.test');
    await nodes.pass(1_000);
    expect([...nodes.outbound.known.keys()]).to.deep.equal(['a@x.test', 'b@x.test']);
    nodes.outbound.known.clear();
    await nodes.pass(3_000);
    expect(nodes.outbound.known.size).to.equal(0);
  });

  it('tell again what did not get there', async () => {
    nodes.meet();
    await nodes.pass(1_000);
    nodes.outbound.isReachable = false;
    learn(nodes.inbound, 'a@x.test');
    await nodes.pass(2_000);
    nodes.outbound.isReachable = true;
    await nodes.pass(1_000);
    expect([...nodes.outbound.known.keys()]).to.deep.equal(['a@x.test']);
  });

  it('tell everything to a partner that was started again, in bounded pieces', async () => {
    learn(nodes.inbound, ...Array.from({ length: MOST_ITEMS + 1 }, (_, i) => `user${i}@x.test`));
    nodes.meet();
    await nodes.pass(2_000);
    nodes.restartOutbound();
    await nodes.pass(1_000, nodes.inbound);
    expect(nodes.outbound.known.size).to.equal(MOST_ITEMS);
    await nodes.pass(1_000, nodes.inbound);
    expect(nodes.outbound.known.size).to.equal(MOST_ITEMS + 1);
  });

  it('are dead to each other after five seconds without a word, and back with the second', async () => {
    nodes.meet();
    await nodes.pass(1_000);
    nodes.outbound.isReachable = false;
    await nodes.pass(6_000, nodes.inbound);
    expect(nodes.inbound.partner.state).to.equal('dead');
    expect(nodes.inbound.partner.fault).to.match(
      /^no answer from http:\/\/out\.example\.com: connect ECONNREFUSED/,
    );
    nodes.outbound.isReachable = true;
    await nodes.pass(2_000, nodes.inbound);
    expect(events(nodes.inbound)).to.deep.equal([
      'partner.alive',
      'partner.suspect',
      'partner.dead',
      'partner.suspect',
      'partner.alive',
    ]);
    expect(nodes.inbound.told.at(-1)).to.have.property('lostForMs', 8_000);
  });

  it('are alive though only one reaches the other, which is told once', async () => {
    nodes.meet();
    await nodes.pass(1_000);
    nodes.outbound.isReachable = false;
    await nodes.pass(20_000);
    expect(nodes.inbound.partner.state).to.equal('alive');
    expect(events(nodes.inbound)).to.deep.equal(['partner.alive', 'partner.one-way']);
    expect(events(nodes.outbound)).to.deep.equal(['partner.alive']);
  });

  it('are not dead because this process did not run for a while', async () => {
    nodes.meet();
    await nodes.pass(1_000);
    nodes.outbound.isReachable = false;
    await nodes.pass(60_000, nodes.outbound);
    nodes.inbound.set.look();
    expect(nodes.inbound.partner.state).to.equal('alive');
  });

  it('with different secrets are dead, and both are told the fix, once', async () => {
    nodes.outbound.secrets = ['another secret'];
    nodes.meet();
    await nodes.pass(10_000);
    for (const node of [nodes.inbound, nodes.outbound]) {
      expect(node.partner).to.include({ state: 'dead', lastBeatAt: null });
      expect(node.partner.fault).to.match(/^it has another secret; pair\.secretFile differs/);
      expect(events(node).toSorted()).to.deep.equal(['heartbeat.refused', 'partner.dead']);
    }
  });

  it('are told of refusals once a minute, with the number of those that were not', async () => {
    nodes.meet();
    for (let i = 0; i < 5; i += 1)
      nodes.inbound.set.receive({ seal: '', body: Buffer.alloc(0), client: '::1' });
    await nodes.pass(60_000);
    nodes.inbound.set.receive({ seal: '', body: Buffer.alloc(0), client: '::1' });
    const told = nodes.inbound.told.filter(({ event }) => event === 'heartbeat.refused');
    expect(told.map(({ alsoSinceLastTold }) => alsoSinceLastTold)).to.deep.equal([undefined, 4]);
    expect(nodes.inbound.results.filter((result) => result === 'received malformed')).to.have.length(6);
  });

  it('name the keys in which they differ, once for each change', async () => {
    nodes.outbound.digest = { domains: 'other', routes: 'only here' };
    nodes.meet();
    await nodes.pass(3_000);
    nodes.outbound.digest = nodes.inbound.digest;
    await nodes.pass(2_000);
    for (const node of [nodes.inbound, nodes.outbound]) {
      const told = node.told.filter(({ event }) => event.startsWith('partner.configuration'));
      expect(told.map(({ event, keys }) => [event, keys])).to.deep.equal([
        ['partner.configuration-differs', ['domains']],
        ['partner.configuration-agrees', undefined],
      ]);
    }
  });

  it('know how far apart their clocks are, whatever the difference', async () => {
    nodes.outbound.skewMs = 4_000;
    nodes.meet();
    await nodes.pass(2_000);
    expect([nodes.inbound.partner.skewMs, nodes.outbound.partner.skewMs]).to.deep.equal([4_000, -4_000]);
    expect(events(nodes.inbound)).to.deep.equal(['partner.alive']);
    nodes.outbound.skewMs = 400_000;
    await nodes.pass(6_000);
    expect(nodes.inbound.partner).to.include({ skewMs: 400_000, state: 'dead' });
    expect(nodes.inbound.partner.fault).to.match(/^its clock is 6m ahead of ours; set both clocks by NTP/);
    expect(events(nodes.inbound)).to.include('partner.clock-skew');
  });

  it('are forgotten when the configuration no longer names them, and the rest stays', async () => {
    nodes.meet();
    await nodes.pass(1_000);
    const out = { role: 'outbound', node: 'out.example.com', url: 'http://out.example.com' } as const;
    nodes.inbound.set.set([out, { role: 'inbound', node: 'in2.example.com', url: null }]);
    expect(nodes.inbound.set.views().map(({ node, state }) => [node, state])).to.deep.equal([
      ['out.example.com', 'alive'],
      ['in2.example.com', 'unknown'],
    ]);
    expect(nodes.inbound.set.views()[1]?.fault).to.include('no HTTP listener');
    nodes.inbound.set.set([]);
    await nodes.pass(1_000, nodes.outbound);
    expect(nodes.outbound.partner.fault).to.include('does not know this node');
  });
});
