import { setImmediate } from 'node:timers/promises';
import { HashQueue } from '@mailpair/shared/directory/sign-in/hash-queue';
import { expect } from 'chai';
import fc from 'fast-check';
import { describe, it } from 'mocha';

/** Hashes that end when they are told to. */
class Hashes {
  readonly started: string[] = [];
  readonly answers = new Map<string, string>();
  readonly #ends = new Map<string, () => void>();

  async ask(queue: HashQueue, name: string, owner: object = {}): Promise<object> {
    const compute = (): Promise<string> => {
      this.started.push(name);
      return new Promise((resolve) => {
        this.#ends.set(name, () => resolve('hashed'));
      });
    };
    void queue
      .run(owner, name.startsWith('known'), compute)
      .then((answer) => void this.answers.set(name, answer));
    await setImmediate();
    return owner;
  }

  async end(name: string): Promise<void> {
    this.#ends.get(name)!();
    this.#ends.delete(name);
    await setImmediate();
  }

  get running(): string[] {
    return [...this.#ends.keys()];
  }
}

describe('the queue of passwords to be hashed', () => {
  const limits = { atATime: 2, strangers: 3, known: 5 };

  it('leaves one of two hashes to clients that signed in before, however many strangers wait', async () => {
    const [queue, hashes] = [new HashQueue(limits), new Hashes()];
    for (const name of ['a', 'b', 'c', 'd', 'e']) await hashes.ask(queue, name);
    expect(hashes.running).to.deep.equal(['a']);
    expect(hashes.answers.get('e')).to.equal('full');
    await hashes.ask(queue, 'known');
    expect(hashes.running).to.deep.equal(['a', 'known']);
    await hashes.end('known');
    await hashes.end('a');
    expect(hashes.running).to.deep.equal(['b']);
    expect(Object.fromEntries(hashes.answers)).to.deep.equal({ e: 'full', known: 'hashed', a: 'hashed' });
  });

  it('serves those first where there is one hash at a time, and strangers now and then', async () => {
    const [queue, hashes] = [new HashQueue({ ...limits, atATime: 1, known: 20 }), new Hashes()];
    await hashes.ask(queue, 'a');
    await hashes.ask(queue, 'b');
    for (let n = 1; n <= 6; n += 1) await hashes.ask(queue, `known${n}`);
    while (hashes.running.length > 0) await hashes.end(hashes.running[0]!);
    expect(hashes.started).to.deep.equal([
      'a',
      'known1',
      'known2',
      'known3',
      'known4',
      'b',
      'known5',
      'known6',
    ]);
  });

  it('computes nothing for a client that has gone, and gives its place to the next', async () => {
    const [queue, hashes] = [new HashQueue(limits), new Hashes()];
    await hashes.ask(queue, 'a');
    queue.drop(await hashes.ask(queue, 'b'));
    for (const name of ['c', 'd', 'e']) await hashes.ask(queue, name);
    for (const name of ['a', 'c', 'd', 'e']) await hashes.end(name);
    expect(hashes.started).to.deep.equal(['a', 'c', 'd', 'e']);
    expect(hashes.answers.get('b')).to.equal('gone');
    expect([queue.running, queue.waiting, queue.most]).to.deep.equal([0, 0, 1]);
  });

  it('goes on after a hash that failed', async () => {
    const queue = new HashQueue({ ...limits, atATime: 1 });
    const failed = queue.run({}, false, () => Promise.reject(new Error('broken')));
    const next = queue.run({}, false, () => Promise.resolve('hashed'));
    expect(await failed.catch(String)).to.equal('Error: broken');
    expect(await next).to.equal('hashed');
  });

  it('never runs more than it may, and answers everybody', async () => {
    const names = fc.array(
      fc.record({ isKnown: fc.boolean(), isGone: fc.boolean(), endsOne: fc.boolean() }),
      {
        maxLength: 60,
      },
    );
    await fc.assert(
      fc.asyncProperty(names, fc.integer({ min: 1, max: 3 }), async (steps, atATime) => {
        const [queue, hashes] = [new HashQueue({ ...limits, atATime }), new Hashes()];
        for (const [index, { isKnown, isGone, endsOne }] of steps.entries()) {
          const owner = await hashes.ask(queue, `${isKnown ? 'known' : 'stranger'}${index}`);
          expect(hashes.running.length).to.equal(queue.running).and.to.be.at.most(atATime);
          const strangers = hashes.running.filter((name) => name.startsWith('stranger')).length;
          expect(strangers).to.be.at.most(Math.max(1, atATime - 1));
          expect(queue.waiting).to.be.at.most(limits.strangers + limits.known);
          if (isGone) queue.drop(owner);
          if (endsOne && hashes.running.length > 0) await hashes.end(hashes.running[0]!);
        }
        while (hashes.running.length > 0) await hashes.end(hashes.running[0]!);
        await setImmediate();
        expect(hashes.answers.size).to.equal(steps.length);
        expect(queue.most).to.be.at.most(atATime);
      }),
      { numRuns: 50 },
    );
  });
});
