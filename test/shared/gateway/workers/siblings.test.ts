import { setTimeout as sleep } from 'node:timers/promises';
import { SiblingSet, type Subject, type Told } from '@mailpair/shared/gateway/workers/siblings';
import { expect } from 'chai';
import { describe, it } from 'mocha';

class Numbers implements Subject {
  readonly name: string;
  readonly taken: unknown[] = [];
  readonly ended: number[] = [];
  fresh: number[] = [];
  known: number[] | undefined;

  constructor(name: string) {
    this.name = name;
  }

  news(): unknown {
    const { fresh } = this;
    this.fresh = [];
    return fresh.length > 0 ? fresh : undefined;
  }

  all = (): unknown => this.known;
  take = (told: unknown, from: number): void => void this.taken.push([from, told]);
  gone = (worker: number): void => void this.ended.push(worker);
}

describe('siblings', () => {
  const sent: Told[] = [];
  const set = new SiblingSet(1, (told) => sent.push(told));
  const [odd, even] = [new Numbers('odd'), new Numbers('even')];
  const changed = set.add(odd);
  const evenChanged = set.add(even);

  it('keep what comes early until all subjects are there, in its order', () => {
    set.take({ kind: 'told', from: 2, about: { odd: [1] } });
    set.take({ kind: 'gone', worker: 2 });
    expect([odd.taken, odd.ended]).to.deep.equal([[], []]);
    set.start();
    expect([odd.taken, odd.ended]).to.deep.equal([[[2, [1]]], [2]]);
  });

  it('tell all that is new within a moment in one message', async () => {
    odd.fresh.push(3);
    changed();
    changed();
    even.fresh.push(4);
    evenChanged();
    expect(sent).to.deep.equal([]);
    await sleep(60);
    expect(sent.splice(0)).to.deep.equal([{ kind: 'told', from: 1, about: { odd: [3], even: [4] } }]);
  });

  it('tell one that starts anew what it missed, and nobody else', () => {
    odd.known = [1, 3];
    set.take({ kind: 'came', worker: 2 });
    expect(sent.splice(0)).to.deep.equal([{ kind: 'told', from: 1, to: 2, about: { odd: [1, 3] } }]);
  });

  it('pass over a subject that they do not have', () => {
    set.take({ kind: 'told', from: 0, about: { prime: [2], even: [6] } });
    expect(even.taken).to.deep.equal([[0, [6]]]);
  });
});
