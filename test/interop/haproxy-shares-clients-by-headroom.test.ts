/**
 * Real HAProxy before two inbound nodes, one of which has a quarter of the other's processor: each takes the share of
 * its headroom, and clients wait less than behind round robin.
 */
import { readFileSync } from 'node:fs';
import { expect } from 'chai';
import { after, before, describe, it } from 'mocha';
import { composeMessage } from '../support/messages.ts';
import { freePorts } from '../support/ports.ts';
import { NODES, openBalancedNodes, type BalancedNodes } from './balanced-nodes.ts';
import { printFigures } from './figures.ts';
import { startHaproxy, type ServerState } from './haproxy-process.ts';
import { needProgram } from './programs.ts';
import { loadWithSessions, percentile, type SessionLoadResult } from './session-load.ts';
import { openSmallMachine, type SmallMachine } from './small-machine.ts';

const BACKEND = 'inbound_mx_25';
const PER_SECOND = 400;
const WARM_UP_SECONDS = 4;
const SETTLE_SECONDS = 6;
const SECONDS = 14;
/** What the weak node has of the processor time that half of the clients need; the strong one has four times as much. */
const WEAK = 0.6;

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
    const weak = WEAK * (await processorsForHalf());
    machines[0]!.limit(4 * weak);
    machines[1]!.limit(weak);
    printFigures(`the strong node has ${percent(4 * weak)} of a processor, the weak one ${percent(weak)}`);
  });

  after(async () => {
    await (balanced as BalancedNodes | undefined)?.close();
    for (const machine of machines) machine.close();
  });

  /** Clients that come through a HAProxy with that configuration. */
  async function load(
    config: string,
    seconds: number,
    watch: (second: number, servers: readonly ServerState[]) => void,
  ): Promise<SessionLoadResult> {
    const [port] = (await freePorts(1)) as [number];
    const haproxy = await startHaproxy({
      path: haproxyPath,
      directory: balanced.directory,
      config,
      binds: { 25: `127.0.0.1:${port}` },
    });
    try {
      await haproxy.until(BACKEND, (servers) => servers.every(({ status }) => status === 'UP'));
      return await loadWithSessions({
        target: { host: '127.0.0.1', port },
        message: () => composeMessage('plain', { from: 'a@sender.test', to: ['anna@example.com'] }),
        perSecond: PER_SECOND,
        seconds,
        pauseMs: 100,
        watch: async (second) => watch(second, await haproxy.servers(BACKEND)),
      });
    } finally {
      await haproxy.close();
    }
  }

  /** Machines differ: how many processors a node uses here that takes every other client and is not slowed. */
  async function processorsForHalf(): Promise<number> {
    const used = (): number => balanced.nodes.reduce((sum, { pid }) => sum + processorSeconds(pid), 0);
    let from = { second: 0, used: used() };
    let to = from;
    await load(roundRobin(balanced), 2 * WARM_UP_SECONDS, (second) => {
      to = { second, used: used() };
      if (second < WARM_UP_SECONDS) from = to;
    });
    return (to.used - from.used) / (to.second - from.second) / 2;
  }

  async function run(config: string): Promise<Run> {
    const weights: (readonly number[])[] = [];
    let [first, last]: (readonly number[])[] = [
      [0, 0],
      [0, 0],
    ];
    const result = await load(config, SETTLE_SECONDS + SECONDS, (second, servers) => {
      last = servers.map(({ connections }) => connections);
      if (second < SETTLE_SECONDS) first = last;
      else weights.push(servers.map(({ weight }) => weight));
    });
    const taken = last!.map((connections, i) => connections - first![i]!);
    const weight = [0, 1].map((i) => weights.reduce((sum, each) => sum + each[i]!, 0));
    return { load: result, share: shareOf(taken), headroomShare: shareOf(weight) };
  }

  it('gives each the share of its headroom', async () => {
    const weighted = balanced.balancer('haproxy');
    const even = await run(roundRobin(balanced));
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
    expect([...fair.load.faults]).to.deep.equal([]);
    expect(fair.load.accepted).to.equal(fair.load.sent);
  });
});

const roundRobin = (balanced: BalancedNodes): string =>
  balanced
    .balancer('haproxy')
    .replace(/balance leastconn/, 'balance roundrobin')
    .replace(/^.* agent-check .*\n/m, '');

/** User and system time of a process so far, by /proc/PID/stat. */
function processorSeconds(pid: number): number {
  const stat = readFileSync(`/proc/${pid}/stat`, 'latin1');
  const [user, system] = stat
    .slice(stat.lastIndexOf(')') + 2)
    .split(' ')
    .slice(11, 13);
  return (Number(user) + Number(system)) / 100;
}

const shareOf = (both: readonly number[]): number => both[0]! / (both[0]! + both[1]!);
const oddsOf = (share: number): number => share / (1 - share);
const percent = (share: number): string => `${(100 * share).toFixed(1)}%`;
const ms = ({ latenciesMs }: SessionLoadResult, share: number): string =>
  `${percentile(latenciesMs, share).toFixed(0)} ms`;
