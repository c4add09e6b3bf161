/**
 * Overload. What a gateway can do is bounded by configuration: so many sessions at a time, and a local server that
 * takes its time over each message, which makes forty messages a second. The senders are strangers that come once, with
 * one message; they go on to the next MX when they are refused or told 421, and come back later when both did so.
 */
import { setTimeout as pause } from 'node:timers/promises';
import { expect } from 'chai';
import { before, describe, it } from 'mocha';
import { untilBothAlive, useSecret } from '../support/heartbeat.ts';
import { composeMessage, type TestMessage } from '../support/messages.ts';
import { sendOnce } from '../support/senders.ts';
import { Disconnected, type Target } from '../support/smtp-client.ts';
import { usePair } from '../support/use-pair.ts';

const SESSIONS = 20;
const MESSAGE_MS = 500;
/** Messages per second of one gateway. */
const CAPACITY = (SESSIONS / MESSAGE_MS) * 1_000;
const RETRY_MS = 400;

interface Run {
  readonly messages: readonly TestMessage[];
  /** While there were more to send: without the beginning and the end. */
  readonly perSecond: number;
  /** Share of the messages by host. */
  readonly taken: ReadonlyMap<string, number>;
  /** From the connection to the 250, of the sessions that were accepted. */
  readonly p50Ms: number;
  readonly p99Ms: number;
  /** Attempts at which both hosts were tried in vain. */
  readonly deferrals: number;
}

describe('four times the capacity of inbound', function () {
  const pair = usePair({
    config: {
      ...useSecret().config,
      'limits.connections': SESSIONS,
      'limits.connectionsPerClient': SESSIONS,
      'load.shed': true,
      'send.connectionsPerHop': 4 * SESSIONS,
    },
  });
  const all: TestMessage[] = [];
  let strangers = 0;

  /** So many senders at a time, each with the next message as soon as it is rid of one. */
  async function send(count: number, parallel: number, targets: readonly Target[]): Promise<Run> {
    const messages = Array.from({ length: count }, () =>
      composeMessage('plain', { from: 'bert@sender.test', to: ['anna@example.com'] }),
    );
    all.push(...messages);
    const waiting = [...messages];
    const taken = new Map<string, number>();
    const tookMs: number[] = [];
    const takenAt: number[] = [];
    let deferrals = 0;
    const attempt = async (message: TestMessage): Promise<boolean> => {
      const localAddress = `127.1.${(strangers += 1) >> 8}.${strangers & 255}`;
      for (const target of targets) {
        const startedAt = performance.now();
        try {
          const { accepted } = await sendOnce({ ...target, localAddress }, message);
          if (accepted.size === 0) continue;
          takenAt.push(performance.now());
          tookMs.push(takenAt.at(-1)! - startedAt);
          taken.set(target.name!, (taken.get(target.name!) ?? 0) + 1);
          return true;
        } catch (error) {
          if (!(error instanceof Disconnected)) throw error;
        }
      }
      return false;
    };
    const work = async (): Promise<void> => {
      for (let message = waiting.shift(); message; message = waiting.shift())
        while (!(await attempt(message))) {
          deferrals += 1;
          await pause(RETRY_MS * (0.5 + Math.random()));
        }
    };
    await Promise.all(Array.from({ length: parallel }, work));
    const [from, to] = [Math.floor(count * 0.1), Math.floor(count * 0.9)];
    const perSecond = ((to - from) / (takenAt[to]! - takenAt[from]!)) * 1_000;
    tookMs.sort((a, b) => a - b);
    const at = (share: number): number => tookMs[Math.floor(tookMs.length * share)]!;
    return { messages, perSecond, taken, p50Ms: at(0.5), p99Ms: at(0.99), deferrals };
  }

  const print = (what: string, { perSecond, taken, p50Ms, p99Ms, deferrals }: Run): void => {
    const shares = [...taken].map(([host, count]) => `${host} ${count}`).join(', ');
    process.stdout.write(
      `      ${what}: ${perSecond.toFixed(0)}/s (${shares}), accepted sessions p50 ${p50Ms.toFixed(0)} ms, ` +
        `p99 ${p99Ms.toFixed(0)} ms, ${deferrals} times turned away by all\n`,
    );
  };

  before(async () => {
    const { local, mxIn, mxOut } = pair();
    await untilBothAlive(pair());
    for (const target of [mxIn, mxOut]) await send(1, 1, [target]); // then the recipient is known
    local.manners = { messageMs: MESSAGE_MS };
  });

  it('makes both hosts take what they can', async () => {
    const { mxIn, mxOut } = pair();
    const run = await send(640, 4 * SESSIONS, [mxIn, mxOut]);
    print('four times its sessions', run);
    expect(run.perSecond).to.be.at.least(0.8 * 2 * CAPACITY);
    expect(run.p99Ms).to.be.below(4 * MESSAGE_MS);
  });

  it('with the partner dead at the same time makes inbound take what it can, and the rest wait', async () => {
    const { mxIn, mxOut, outbound } = pair();
    await outbound.kill9();
    const run = await send(320, 4 * SESSIONS, [mxIn, mxOut]);
    print('the same with outbound dead', run);
    expect(run.perSecond).to.be.at.least(0.8 * CAPACITY);
    expect(run.p99Ms).to.be.below(4 * MESSAGE_MS);
  });

  it('loses nothing, and delivers nothing twice', () => {
    const { deliveries } = pair().local;
    const arrived = new Map<string, number>();
    for (const { id } of deliveries) arrived.set(id, (arrived.get(id) ?? 0) + 1);
    const wrong = all.filter(({ id }) => arrived.get(id) !== 1);
    expect(wrong).to.deep.equal([]);
  });
});
