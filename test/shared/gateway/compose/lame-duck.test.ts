import { createLameDuck, lameDuckMs, type LameDuck } from '@mailpair/shared/gateway/compose/lame-duck';
import { SiblingSet, type Told } from '@mailpair/shared/gateway/workers/siblings';
import { onlyWorker } from '@mailpair/shared/gateway/workers/worker';
import { expect } from 'chai';
import { describe, it } from 'mocha';

const BALANCER = '10.0.0.5';
/** Longer than a test may take. */
const LONG_MS = 600_000;

const clock = { now: () => 0 };

/** Two workers that hear each other. */
function twoWorkers(): { face: LameDuck; other: LameDuck; others: SiblingSet } {
  const sets: SiblingSet[] = [];
  for (const number of [0, 1])
    sets.push(new SiblingSet(number, (told: Told) => sets[1 - number]!.take(structuredClone(told))));
  const [face, other] = sets.map((siblings, number) =>
    createLameDuck({ slot: { number, of: 2 }, siblings }, clock),
  );
  for (const set of sets) set.start();
  return { face: face!, other: other!, others: sets[1]! };
}

/** `wait` resolved already, or does so with what is under way. */
async function hasEnded(wait: Promise<void>): Promise<boolean> {
  const sign = Symbol('pending');
  await new Promise((resolve) => setTimeout(resolve, 60)); // longer than workers gather news
  return (await Promise.race([wait, Promise.resolve(sign)])) !== sign;
}

describe('a gateway that stops', () => {
  it('waits for nobody where no balancer looks', async () => {
    await createLameDuck(onlyWorker, clock).wait(LONG_MS);
  });

  it('waits until its balancer has looked twice', async () => {
    const lameDuck = createLameDuck(onlyWorker, clock);
    lameDuck.looked(BALANCER);
    const wait = lameDuck.wait(LONG_MS);
    lameDuck.looked(BALANCER);
    expect(await hasEnded(wait)).to.equal(false);
    lameDuck.looked(BALANCER);
    await wait;
  });

  it('waits no longer than it may for a balancer that has stopped', async () => {
    const lameDuck = createLameDuck(onlyWorker, clock);
    lameDuck.looked(BALANCER);
    await lameDuck.wait(1);
  });

  it('of several workers all wait for what the balancer tells the first', async () => {
    const { face, other } = twoWorkers();
    face.looked(BALANCER);
    await hasEnded(Promise.resolve());
    const waits = [face.wait(LONG_MS), other.wait(LONG_MS)];
    face.looked(BALANCER);
    for (const wait of waits) expect(await hasEnded(wait)).to.equal(false);
    face.looked(BALANCER);
    await Promise.all(waits);
    face.close();
  });

  it('of several workers none waits for a first one that has ended', async () => {
    const { face, other, others } = twoWorkers();
    face.looked(BALANCER);
    await hasEnded(Promise.resolve());
    const wait = other.wait(LONG_MS);
    expect(await hasEnded(wait)).to.equal(false);
    others.take({ kind: 'gone', worker: 0 });
    await wait;
    face.close();
  });

  it('leaves a quarter of shutdownTimeout to its sessions, and most of a long one', () => {
    expect([lameDuckMs(4_000), lameDuckMs(60_000)]).to.deep.equal([3_000, 10_000]);
  });
});
