/**
 * Several updaters of one name in simulated time: each sees the nodes in its own way, has a clock of its own, loses
 * questions and answers, ends and starts again. The balancer is the real one; the name server is in memory.
 */
import type { PublishedAddress } from '@mailpair/planner/dns-rr/balance';
import { Balancer } from '@mailpair/planner/dns-rr/balancer';
import type { Observation } from '@mailpair/planner/dns-rr/observe';
import type { Standing, ViewChange } from '@mailpair/planner/dns-rr/record-server';
import { parseView } from '@mailpair/planner/dns-rr/view';
import { expect } from 'chai';
import fc from 'fast-check';
import { describe, it } from 'mocha';
import { FakeServer, list } from './fake-server.ts';

const ADDRESSES = ['192.0.2.1', '192.0.2.2', '192.0.2.3'];
const LOOK_MS = 10_000;
const START = 1_790_000_000_000;
const VALID_SECONDS = 180;

/** What may happen to one updater in the time of one look. */
const mishap = fc.oneof(
  { weight: 30, arbitrary: fc.constant('none' as const) },
  { weight: 2, arbitrary: fc.constantFrom('question lost' as const, 'answer lost' as const) },
  { weight: 1, arbitrary: fc.constantFrom('restart' as const, 'kill' as const, 'cut off' as const) },
);
const sight = fc.array(fc.boolean(), { minLength: ADDRESSES.length, maxLength: ADDRESSES.length });
/** For some looks, one updater sees the nodes so, and this befalls it. */
const episode = fc.record({ updater: fc.nat(3), sight, mishap, looks: fc.integer({ min: 1, max: 12 }) });
const world = fc.record({
  /** Each may be up to 290 s wrong: with more, the name server refuses it. */
  skewsSeconds: fc.array(fc.integer({ min: -290, max: 290 }), { minLength: 1, maxLength: 4 }),
  episodes: fc.array(episode, { maxLength: 25 }),
});

/** Checks at every withdrawal that no view that still counts sees the address alive, by the true time. */
class WatchedServer extends FakeServer {
  now = START;
  readonly #writtenAt = new Map<string, number>();

  override async changeViews(zone: string, before: Standing, change: ViewChange): Promise<boolean> {
    try {
      return await super.changeViews(zone, before, change);
    } finally {
      for (const data of this.views) {
        const text = data.toString('hex');
        if (!this.#writtenAt.has(text)) this.#writtenAt.set(text, this.now);
      }
    }
  }

  override async replace(
    zone: string,
    before: Standing,
    after: readonly PublishedAddress[],
  ): Promise<boolean> {
    const stood = list(this.records);
    try {
      return await super.replace(zone, before, after);
    } finally {
      for (const address of stood.filter((each) => !list(this.records).includes(each)))
        expect(this.#keepersOf(address), `${address} is withdrawn`).to.deep.equal([]);
    }
  }

  #keepersOf(address: string): string[] {
    return this.views
      .filter((data) => this.now - this.#writtenAt.get(data.toString('hex'))! < VALID_SECONDS * 1000)
      .map((data) => parseView(data)!)
      .filter(({ sightings }) => sightings.get(address)?.as === 'up')
      .map(({ by }) => by);
  }
}

class Updater {
  readonly #server: WatchedServer;
  readonly #host: string;
  readonly #skewMs: number;
  #balancer!: Balancer;
  #starts = 0;
  isRunning = true;
  /** It looks and cannot reach the name server. */
  isCutOff = false;
  sees: readonly boolean[] = ADDRESSES.map(() => true);

  constructor(server: WatchedServer, host: string, skewSeconds: number) {
    this.#server = server;
    this.#host = host;
    this.#skewMs = skewSeconds * 1000;
    this.start();
  }

  start(): void {
    this.#starts += 1;
    this.isRunning = true;
    this.#balancer = new Balancer({
      name: 'mx-in.example.com',
      nodes: ADDRESSES.map((address) => ({ host: address, addresses: [address] })),
      look: () => Promise.resolve(this.sees.map(observation)),
      server: this.#server,
      zone: 'example.com',
      rules: { deadAfter: 3, backAfter: 3, ttlSeconds: 60, intervalMs: 300_000, floor: 1 },
      own: {
        by: `${this.#host}/${this.#starts}`,
        since: Math.floor((this.#server.now + this.#skewMs) / 1000),
        renewMs: 60_000,
        validSeconds: VALID_SECONDS,
      },
      writesView: true,
      dryRun: false,
      clock: { now: () => this.#server.now + this.#skewMs },
      tell: () => undefined,
    });
  }

  async look(losesQuestion: boolean, losesAnswer: boolean): Promise<void> {
    if (!this.isRunning) return;
    this.#server.refuses = losesQuestion || this.isCutOff ? 'not reached' : undefined;
    this.#server.losesAnswer = losesAnswer;
    await this.#balancer.step();
    this.#server.refuses = undefined;
    this.#server.losesAnswer = false;
  }
}

/** The load is the same always, so that no address is left out for a share by load. */
const observation = (isUp: boolean): Observation => ({
  answers: [isUp ? 'yes' : 'no'],
  said: [''],
  load: 0,
  draining: null,
  noLoad: null,
});

/** All look once, a little after each other. */
async function round(
  server: WatchedServer,
  updaters: readonly Updater[],
  losing = -1,
  what = '',
): Promise<void> {
  for (const [index, updater] of updaters.entries()) {
    server.now += 100;
    const isIt = index === losing;
    await updater.look(isIt && what === 'question lost', isIt && what === 'answer lost');
  }
  server.now += LOOK_MS - 100 * updaters.length;
}

async function rounds(server: WatchedServer, updaters: readonly Updater[], count: number): Promise<void> {
  for (let done = 0; done < count; done += 1) await round(server, updaters);
}

/** What ought to stand there by the sights of those who run and reach the name server: never nothing. */
function agreed(updaters: readonly Updater[]): string[] {
  const counted = updaters.filter(({ isRunning, isCutOff }) => isRunning && !isCutOff);
  const alive = ADDRESSES.filter((_, index) => counted.some(({ sees }) => sees[index]));
  return alive.length > 0 ? alive : ADDRESSES;
}

describe('several updaters of one name', () => {
  it('publish what one of them saw alive within three minutes and nothing else, and come to rest', async function () {
    this.timeout(120_000);
    await fc.assert(
      fc.asyncProperty(world, async ({ skewsSeconds, episodes }) => {
        const server = new WatchedServer(...ADDRESSES);
        const updaters = skewsSeconds.map((skew, index) => new Updater(server, `ns${index}`, skew));
        for (const { updater: number, sight: seen, mishap: what, looks } of episodes) {
          const index = number % updaters.length;
          const updater = updaters[index]!;
          updater.sees = seen;
          if (what === 'restart') updater.start();
          if (what === 'kill') updater.isRunning = false;
          updater.isCutOff = what === 'cut off';
          for (let look = 0; look < looks; look += 1) {
            expect(server.records).to.not.be.empty;
            await round(server, updaters, index, what);
          }
        }
        const inTrouble = server.updates;
        // Each change of a sight changes three addresses at most, and each restart and loss may repeat what was done.
        expect(inTrouble).to.be.at.most((ADDRESSES.length + 2) * (episodes.length + updaters.length));

        if (!updaters.some(({ isRunning, isCutOff }) => isRunning && !isCutOff)) updaters[0]!.start();
        updaters[0]!.isCutOff = false;
        await rounds(server, updaters, 150); // longer than any pause after failures and any view of one that has ended
        expect(list(server.records).toSorted()).to.deep.equal(agreed(updaters));
        const settled = server.updates;
        await rounds(server, updaters, 60);
        expect(server.updates).to.equal(settled);
      }),
      { numRuns: 150 },
    );
  });

  it('withdraw a node within a minute when the last of them no longer sees it', async () => {
    const server = new WatchedServer(...ADDRESSES);
    const updaters = [-240, 0, 240].map((skew, index) => new Updater(server, `ns${index}`, skew));
    await rounds(server, updaters, 30);
    for (const updater of updaters) {
      expect(list(server.records)).to.include('192.0.2.2');
      updater.sees = [true, false, true];
      await rounds(server, updaters, 6);
    }
    expect(list(server.records)).to.deep.equal(['192.0.2.1', '192.0.2.3']);
    expect(server.updates).to.equal(1);
  });

  it('withdraw a node that only one saw, three minutes after that one was killed', async () => {
    const server = new WatchedServer(...ADDRESSES);
    const updaters = [-240, 240].map((skew, index) => new Updater(server, `ns${index}`, skew));
    await rounds(server, updaters, 12);
    updaters[0]!.sees = [true, false, true];
    await rounds(server, updaters, 30);
    updaters[1]!.isRunning = false;
    await rounds(server, updaters, 12);
    expect(list(server.records)).to.include('192.0.2.2');
    await rounds(server, updaters, 15);
    expect(list(server.records)).to.deep.equal(['192.0.2.1', '192.0.2.3']);
  });
});
