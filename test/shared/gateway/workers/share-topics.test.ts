import { setTimeout as sleep } from 'node:timers/promises';
import { Topics, type Source, type Teller } from '@mailpair/shared/platform/topics';
import { shareTopics } from '@mailpair/shared/gateway/workers/share-topics';
import { SiblingSet } from '@mailpair/shared/gateway/workers/siblings';
import { expect } from 'chai';
import { beforeEach, describe, it } from 'mocha';

/** What one worker knows: key → value, the greater value counts. */
class Known {
  readonly topics = new Topics();
  readonly values = new Map<string, number>();
  readonly toldToPartners: string[] = [];
  readonly from: Source[] = [];
  readonly set: SiblingSet;
  readonly teller: Teller;

  constructor(number: number, all: Known[]) {
    this.set = new SiblingSet(number, (told) => {
      const copy = JSON.parse(JSON.stringify(told)) as typeof told;
      all.forEach((other, index) => {
        if (index === (told.to ?? index) && index !== number) other.set.take(copy);
      });
    });
    this.teller = this.topics.add({
      name: 'numbers',
      look: (key) => (this.values.has(key) ? `${key}=${this.values.get(key)}` : undefined),
      all: () => this.values.keys(),
      take: (items, by) => items.filter((item) => this.take(item, by)).length,
    });
    shareTopics({ slot: { number, of: 3 }, siblings: this.set }, this.topics, { now: () => Date.now() });
    this.topics.onTold((topic, key) => void this.toldToPartners.push(`${topic} ${key}`));
    this.set.start();
  }

  take(item: string, by: Source): boolean {
    const [key = '', text] = item.split('=');
    if ((this.values.get(key) ?? -1) >= Number(text)) return false;
    this.values.set(key, Number(text));
    this.from.push(by);
    return true;
  }

  learn(key: string, value: number): void {
    this.values.set(key, value);
    this.teller.tell(key);
  }
}

describe('what workers learn', () => {
  let workers: Known[];
  beforeEach(() => {
    workers = [];
    for (let number = 0; number < 3; number += 1) workers.push(new Known(number, workers));
  });
  const values = (): (number | undefined)[] => workers.map((worker) => worker.values.get('a'));

  it('reaches the others, and by the face the partners, once', async () => {
    workers[1]!.learn('a', 7);
    await sleep(80);
    expect(values()).to.deep.equal([7, 7, 7]);
    expect(workers[0]!.toldToPartners).to.deep.equal(['numbers a']);
    expect(workers[2]!.toldToPartners).to.deep.equal([]);
  });

  it('of partners reaches the others by the face, and does not come back', async () => {
    workers[0]!.topics.take({ numbers: ['a=3'] });
    await sleep(80);
    expect(values()).to.deep.equal([3, 3, 3]);
    expect(workers.map(({ from }) => from)).to.deep.equal([['partner'], ['worker'], ['worker']]);
    expect(workers.map(({ toldToPartners }) => toldToPartners.length)).to.deep.equal([0, 0, 0]);
  });

  it('is told to one that was away', async () => {
    workers[1]!.learn('a', 5);
    await sleep(80);
    workers[0] = new Known(0, workers);
    expect(values()[0]).to.equal(undefined);
    workers[1]!.set.take({ kind: 'came', worker: 0 });
    expect(values()[0]).to.equal(5);
    expect(workers[0].toldToPartners).to.deep.equal(['numbers a']);
  });
});
