/**
 * Real HAProxy, configured as we print it, before two inbound nodes under 40 clients a second: one node is drained, stopped,
 * started again and put back into service. No client is cut off, and none is told to come again.
 */
import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { join } from 'node:path';
import { expect } from 'chai';
import { after, before, describe, it } from 'mocha';
import { checkout } from '../support/checkout.ts';
import { composeMessage, type TestMessage } from '../support/messages.ts';
import { freePorts } from '../support/ports.ts';
import { NODES, openBalancedNodes, type BalancedNodes } from './balanced-nodes.ts';
import { printFigures } from './figures.ts';
import { startHaproxy, type HaproxyProcess } from './haproxy-process.ts';
import { needProgram } from './programs.ts';
import { loadWithSessions } from './session-load.ts';

const BACKEND = 'inbound_mx_25';
const PER_SECOND = 40;
/** More than the maintenance takes. */
const SECONDS = 60;
const BEFORE_SECONDS = 5;
const isUp = ({ status }: { status: string }): boolean => status === 'UP';

describe('a node behind HAProxy that is drained', () => {
  let balanced: BalancedNodes;
  let haproxy: HaproxyProcess;
  let port: number;

  before(async function () {
    const path = needProgram(this, 'haproxy');
    balanced = await openBalancedNodes({ areTold: true, workers: 2 });
    [port] = (await freePorts(1)) as [number];
    const config = balanced.balancer('haproxy');
    const binds = { 25: `127.0.0.1:${port}` };
    haproxy = await startHaproxy({ path, directory: balanced.directory, config, binds });
    await haproxy.until(BACKEND, (servers) => servers.every(isUp));
  });

  after(async () => {
    await (haproxy as HaproxyProcess | undefined)?.close();
    await (balanced as BalancedNodes | undefined)?.close();
  });

  async function mailpair(...words: string[]): Promise<string> {
    const main = join(checkout, 'packages/mailpair/src/main.ts');
    const args = [main, ...words, '--role', 'inbound', ...balanced.optionsOf(0)];
    return (await promisify(execFile)(process.execPath, args)).stdout;
  }

  /** @returns what became of it, step by step, in seconds */
  async function maintain(): Promise<Record<string, number>> {
    const [node] = balanced.nodes;
    const from = performance.now();
    const steps: Record<string, number> = {};
    const done = (step: string): void => void (steps[step] = (performance.now() - from) / 1_000);
    const draining = mailpair('drain');
    await haproxy.until(BACKEND, ([first]) => first!.status.startsWith('DRAIN'));
    done('seen by HAProxy');
    expect(await draining).to.equal(`inbound ${NODES[0]}: safe to stop\n`);
    done('safe to stop');
    expect(await node.stop()).to.equal(0);
    await node.start();
    done('started again');
    await haproxy.until(
      BACKEND,
      ([first]) => first!.status.includes('DOWN') || first!.status.startsWith('DRAIN'),
    );
    expect(await mailpair('undrain')).to.equal('inbound: in service again\n');
    await haproxy.until(BACKEND, (servers) => servers.every(isUp));
    done('back in service');
    return steps;
  }

  it('cuts no client off, answers none 421, and loses nothing', async () => {
    const messages: TestMessage[] = [];
    let maintenance: Promise<Record<string, number>> | undefined;
    let isDone = false;
    const load = await loadWithSessions({
      target: { host: '127.0.0.1', port },
      message() {
        const message = composeMessage('plain', { from: 'a@sender.test', to: ['anna@example.com'] });
        messages.push(message);
        return message;
      },
      perSecond: PER_SECOND,
      seconds: SECONDS,
      pauseMs: 100,
      async watch(second) {
        if (second < BEFORE_SECONDS) return;
        maintenance ??= maintain().finally(() => (isDone = true));
        maintenance.catch(() => undefined); // awaited below
      },
    });
    const doneInTime = isDone;
    const steps = await maintenance!;
    const taken = (await haproxy.servers(BACKEND)).map(({ connections }) => connections);
    printFigures(
      `${load.accepted} of ${load.sent} taken, ${taken.join(' and ')} by the nodes; ` +
        Object.entries(steps)
          .map(([step, seconds]) => `${step} after ${seconds.toFixed(1)} s`)
          .join(', '),
    );
    expect(doneInTime, 'the maintenance ended before the load did').to.equal(true);
    expect([...load.faults]).to.deep.equal([]);
    expect(load.accepted).to.equal(load.sent);
    await balanced.local.until((deliveries) => deliveries.length >= messages.length);
    const ids = balanced.local.deliveries.map(({ id }) => id);
    expect(ids.toSorted()).to.deep.equal(messages.map(({ id }) => id).toSorted());
    for (const { log } of balanced.nodes)
      expect(log.filter(({ event }) => event === 'session.refused')).to.deep.equal([]);
  });
});
