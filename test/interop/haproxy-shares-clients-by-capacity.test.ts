/** Real HAProxy before two inbound nodes, of which one can carry four times as much as the other, by its capacity. */
import { expect } from 'chai';
import { after, before, describe, it } from 'mocha';
import { composeMessage } from '../support/messages.ts';
import { freePorts } from '../support/ports.ts';
import { NODES, openBalancedNodes, type BalancedNodes } from './balanced-nodes.ts';
import { printFigures } from './figures.ts';
import { startHaproxy, type HaproxyProcess, type ServerState } from './haproxy-process.ts';
import { needProgram } from './programs.ts';
import { loadWithSessions } from './session-load.ts';

const BACKEND = 'inbound_mx_25';
const PER_SECOND = 60;
const SETTLE_SECONDS = 4;
const SECONDS = 12;

describe('HAProxy before two inbound nodes of known capacity', () => {
  let balanced: BalancedNodes;
  let path: string;
  let haproxy: HaproxyProcess;
  let port: number;

  before(async function () {
    path = needProgram(this, 'haproxy');
    balanced = await openBalancedNodes();
  });
  after(() => (balanced as BalancedNodes | undefined)?.close());

  async function withHaproxy(capacities: readonly number[], use: () => Promise<void>): Promise<void> {
    const words = capacities.flatMap((capacity, i) => ['--capacity', `${NODES[i]}=${capacity}`]);
    [port] = (await freePorts(1)) as [number];
    const config = balanced.balancer('haproxy', ...words);
    haproxy = await startHaproxy({
      ...{ path, directory: balanced.directory, config },
      binds: { 25: `127.0.0.1:${port}` },
    });
    try {
      await haproxy.until(BACKEND, (servers) => servers.every(({ status }) => status === 'UP'));
      await use();
    } finally {
      await haproxy.close();
    }
  }

  it('gives each the share of its capacity times its headroom', () =>
    withHaproxy([400, 100], async () => {
      let first: readonly ServerState[] = [];
      let last: readonly ServerState[] = [];
      const weights: (readonly number[])[] = [];
      const result = await loadWithSessions({
        target: { host: '127.0.0.1', port },
        message: () => composeMessage('plain', { from: 'a@sender.test', to: ['anna@example.com'] }),
        perSecond: PER_SECOND,
        seconds: SETTLE_SECONDS + SECONDS,
        pauseMs: 100,
        watch: async (second) => {
          last = await haproxy.servers(BACKEND);
          if (second < SETTLE_SECONDS) first = last;
          else weights.push(last.map(({ weight }) => weight));
        },
      });
      const taken = [0, 1].map((i) => last[i]!.connections - first[i]!.connections);
      const weight = [0, 1].map((i) => weights.reduce((sum, each) => sum + each[i]!, 0));
      const [share, weightShare] = [taken, weight].map((both) => both[0]! / (both[0]! + both[1]!)) as [
        number,
        number,
      ];
      printFigures(
        `the larger node took ${share.toFixed(3)} of the clients, and had ${weightShare.toFixed(3)} of the weight`,
      );
      expect(share / weightShare).to.be.within(0.85, 1.15);
      expect(weightShare).to.be.within(0.68, 0.92);
      expect([...result.faults]).to.deep.equal([]);
      expect(result.accepted).to.equal(result.sent);
    }));

  it('drains none for its small weight, whatever its load', () =>
    withHaproxy([25_600, 50], async () => {
      // The agent was asked several times by then; a node that runs has some load, and 99 % of a weight of 1 is a drain.
      const heldUntil = performance.now() + 6_000;
      while (performance.now() < heldUntil) {
        const servers = await haproxy.servers(BACKEND);
        expect(servers.map(({ status }) => status)).to.deep.equal(['UP', 'UP']);
        expect(servers[1]!.weight).to.equal(1);
        await new Promise((resolve) => setTimeout(resolve, 250));
      }
    }));
});
