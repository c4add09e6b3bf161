/**
 * A hacked account at full size: 10 000 messages from one submitter as fast as it can, with the limits of the default settings, while
 * others write. Needs no program but our own; it is here for its length.
 */
import { setTimeout as pause } from 'node:timers/promises';
import { expect } from 'chai';
import { after, before, describe, it } from 'mocha';
import { flood } from '../support/hacked-account.ts';
import { composeMessage } from '../support/messages.ts';
import { openPair, type Pair } from '../support/pair.ts';
import { queueLength } from '../support/queue.ts';
import { sendOnce } from '../support/senders.ts';
import { printFigures } from './figures.ts';
import { runMailpair } from './mailpair-command.ts';
import { formatMemory, watchMemory } from './memory.ts';

const MESSAGES = 10_000;
/** submitters.messagesPerMinute, which a program exceeds first. */
const LIMIT = 300;
const HACKED = 'anna@example.com';
const ARRIVAL_MS = 120_000;

describe(`a hacked account with ${MESSAGES} messages`, () => {
  let pair: Pair;

  before(async () => {
    pair = await openPair({ start: ['outbound'], config: { 'limits.connectionsPerClient': 100 } });
  });
  after(() => pair.close());

  const sentBy = (sender: string): number =>
    pair.internet.deliveries.filter(({ from }) => from === sender).length;
  const attack = (name: string): Promise<number> =>
    flood(pair.submission, {
      from: HACKED,
      messages: MESSAGES,
      sessions: 20,
      recipientOf: (number) => `${name}-${number}@example.net`,
    });
  const seconds = (ms: number): string => `${(ms / 1000).toFixed(1)} s`;
  async function timed<T>(
    what: () => T | Promise<T>,
  ): Promise<{ readonly result: T; readonly took: string }> {
    const from = performance.now();
    return { result: await what(), took: seconds(performance.now() - from) };
  }
  /** The longest that the event loop of the gateway stood still since this was asked last. */
  async function longestStall(): Promise<string> {
    const metrics = (await pair.get('outbound', '/metrics')) as string;
    const lag = /^nodejs_eventloop_lag_max_seconds\{[^}]*\} ([\d.e-]+)$/m.exec(metrics)?.[1];
    return `${Math.round(Number(lag) * 1000)} ms`;
  }
  /** Somebody else writes every now and then. @returns how long each message was on its way, sorted */
  async function othersWrite(until: Promise<unknown>): Promise<number[]> {
    const took: number[] = [];
    let isOver = false;
    void until.finally(() => (isOver = true));
    for (let n = 0; !isOver || n < 10; n += 1) {
      const message = composeMessage('plain', {
        from: `colleague-${n}@example.com`,
        to: ['bert@example.net'],
      });
      const from = performance.now();
      await sendOnce(pair.submission, message);
      await pair.internet.until((all) => all.some(({ id }) => id === message.id), ARRIVAL_MS);
      took.push(performance.now() - from);
      await pause(50);
    }
    return took.toSorted((a, b) => a - b);
  }
  const others = (took: readonly number[]): string =>
    `${took.length} messages of others arrived meanwhile, the slowest after ${Math.round(took.at(-1)!)} ms`;

  it(`sends ${LIMIT} of them; ${MESSAGES - LIMIT} are held, and the others' mail arrives meanwhile`, async () => {
    await longestStall();
    const memory = watchMemory(pair.outbound.pid);
    const attacked = timed(() => attack('first'));
    const took = await othersWrite(attacked);
    const { result, took: lasted } = await attacked;
    expect(result).to.equal(MESSAGES);
    await pair.internet.until(() => sentBy(HACKED) >= LIMIT, ARRIVAL_MS);
    expect(await queueLength(pair, 'outbound')).to.equal(MESSAGES - LIMIT);
    expect(sentBy(HACKED)).to.equal(LIMIT);
    expect(pair.outbound.logged('submitter.held')).to.have.length(1);
    printFigures(
      `${MESSAGES} in ${lasted}: ${LIMIT} relayed, ${MESSAGES - LIMIT} held; ${others(took)}; ` +
        `longest stall ${await longestStall()}; ${formatMemory(memory.end())}`,
    );
  });

  it('one command drops all that is held', async () => {
    const { result, took } = await timed(() =>
      runMailpair('submitter', 'purge', HACKED, '--yes', '--config', pair.configFile),
    );
    expect(result).to.match(new RegExp(`^Dropped ${MESSAGES - LIMIT} messages of ${HACKED}`));
    expect(await queueLength(pair, 'outbound')).to.equal(0);
    printFigures(`purged ${MESSAGES - LIMIT} in ${took}; longest stall ${await longestStall()}`);
  });

  it('one command lets all that is held go, each message once, and the others’ mail with it', async () => {
    expect(await attack('second')).to.equal(MESSAGES);
    expect(await queueLength(pair, 'outbound')).to.equal(MESSAGES);
    await longestStall();
    const { result, took } = await timed(() =>
      runMailpair('submitter', 'release', HACKED, '--per-minute', '999999', '--config', pair.configFile),
    );
    expect(result).to.include(`${HACKED} is released; ${MESSAGES} messages let go`);
    const stall = await longestStall();
    const delivered = pair.internet.until(() => sentBy(HACKED) >= LIMIT + MESSAGES, ARRIVAL_MS);
    const theirs = await othersWrite(delivered);
    await delivered;
    const second = pair.internet.deliveries.flatMap(({ to }) => to).filter((to) => to.startsWith('second-'));
    expect([second.length, new Set(second).size]).to.deep.equal([MESSAGES, MESSAGES]);
    printFigures(`released ${MESSAGES} in ${took}; ${others(theirs)}; longest stall ${stall}`);
  });
});
