/**
 * Real HAProxy before two inbound nodes, one of which has a quarter of the other's processor: each takes the share of
 * its headroom, and clients wait less than behind round robin.
 */
import { expect } from 'chai';
import { after, before, describe, it } from 'mocha';
import { composeMessage } from '../support/messages.ts';
import { freePorts } from '../support/ports.ts';
import { NODES, openBalancedNodes, type BalancedNodes } from './balanced-nodes.ts';
import { printFigures } from './figures.ts';
import { startHaproxy } from './haproxy-process.ts';
import { needProgram } from './programs.ts';
import { loadWithSessions, percentile, type SessionLoadResult } from './session-load.ts';
import { openSmallMachine, type SmallMachine } from './small-machine.ts';

const BACKEND = 'inbound_mx_25';
const STRONG = 0.4;
const WEAK = STRONG / 4;
const PER_SECOND = 150;
const SETTLE_SECONDS = 6;
const SECONDS = 14;

interface Run {
  readonly load: SessionLoadResult;
  /** Of the first node, in clients taken and in the weights that HAProxy went by. */
  readonly share: number;
  readonly headroomShare: number;
}

describe('HAProxy before two inbound nodes of different strength', () => {
  let machines: SmallMachine[] = [];
  let balanced: BalancedNodes;
  let haproxyPath: string;

  before(async function () {
    haproxyPath = needProgram(this, 'haproxy');
    machines = [openSmallMachine(this, 'strong'), openSmallMachine(this, 'weak')];
    balanced = await openBalancedNodes({ within: machines.map(({ within }) => within) });
    machines[0]!.limit(STRONG);
    machines[1]!.limit(WEAK);
  });

  after(async () => {
    await (balanced as BalancedNodes | undefined)?.close();
    for (const machine of machines) machine.close();
  });

  async function run(config: string): Promise<Run> {
    const [port] = (await freePorts(1)) as [number];
    const { directory } = balanced;
    const haproxy = await startHaproxy({
      path: haproxyPath,
      directory,
      config,
      binds: { 25: `127.0.0.1:${port}` },
    });
    try {
      await haproxy.until(BACKEND, (servers) => servers.every(({ status }) => status === 'UP'));
      const weights: (readonly number[])[] = [];
      let first: readonly number[] = [0, 0];
      const load = await loadWithSessions({
        target: { host: '127.0.0.1', port },
        message: () => composeMessage('plain', { from: 'a@sender.test', to: ['anna@example.com'] }),
        perSecond: PER_SECOND,
        seconds: SETTLE_SECONDS + SECONDS,
        pauseMs: 100,
        async watch(second) {
          const servers = await haproxy.servers(BACKEND);
          if (second < SETTLE_SECONDS) first = servers.map(({ connections }) => connections);
          else weights.push(servers.map(({ weight }) => weight));
        },
      });
      const taken = (await haproxy.servers(BACKEND)).map(({ connections }, i) => connections - first[i]!);
      const weight = [0, 1].map((i) => weights.reduce((sum, each) => sum + each[i]!, 0));
      return { load, share: shareOf(taken), headroomShare: shareOf(weight) };
    } finally {
      await haproxy.close();
    }
  }

  it('gives each the share of its headroom', async () => {
    const weighted = balanced.balancer('haproxy');
    const roundRobin = weighted
      .replace(/balance leastconn/, 'balance roundrobin')
      .replace(/^.* agent-check .*\n/m, '');
    const even = await run(roundRobin);
    const fair = await run(weighted);
    for (const [name, { load, share, headroomShare }] of Object.entries({
      'round robin': even,
      'by headroom': fair,
    }))
      printFigures(
        `${name}: ${NODES[0]} took ${percent(share)} of the clients, had ${percent(headroomShare)} of the weight; ` +
          `p50 ${ms(load, 0.5)}, p95 ${ms(load, 0.95)}, p99 ${ms(load, 0.99)}; ${load.accepted} of ${load.sent} taken`,
      );
    printFigures(
      `share ${oddsOf(fair.share).toFixed(2)} to 1, headroom ${oddsOf(fair.headroomShare).toFixed(2)} to 1`,
    );
    expect(fair.headroomShare).to.be.above(0.51);
    expect(fair.share / fair.headroomShare).to.be.within(0.85, 1.15);
    expect(percentile(fair.load.latenciesMs, 0.95)).to.be.below(percentile(even.load.latenciesMs, 0.95));
    expect([...fair.load.faults]).to.deep.equal([]);
    expect(fair.load.accepted).to.equal(fair.load.sent);
  });
});

const shareOf = (both: readonly number[]): number => both[0]! / (both[0]! + both[1]!);
const oddsOf = (share: number): number => share / (1 - share);
const percent = (share: number): string => `${(100 * share).toFixed(1)}%`;
const ms = ({ latenciesMs }: SessionLoadResult, share: number): string =>
  `${percentile(latenciesMs, share).toFixed(0)} ms`;
