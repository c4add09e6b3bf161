import { setTimeout as sleep } from 'node:timers/promises';
import { expect } from 'chai';
import { describe, it } from 'mocha';
import type { Work } from '@mailpair/shared/gateway/pair/message-cost';
import { shareWork } from '@mailpair/shared/gateway/workers/share-work';
import { noSiblings, SiblingSet, type Told } from '@mailpair/shared/gateway/workers/siblings';

describe('the work of workers', () => {
  it('reaches the others once each, whatever was gathered meanwhile', async () => {
    const taken: Work[] = [];
    const other = new SiblingSet(0, () => undefined);
    shareWork({ slot: { number: 0, of: 2 }, siblings: other }, (work) => void taken.push(work));
    other.start();
    const own = new SiblingSet(1, (told: Told) => other.take(told));
    const tell = shareWork({ slot: { number: 1, of: 2 }, siblings: own }, () => undefined)!;
    own.start();
    tell({ cpuSeconds: 1, messages: 10, dutyMessages: 4 });
    tell({ cpuSeconds: 2, messages: 20, dutyMessages: 5 });
    await sleep(100);
    tell({ cpuSeconds: 4, messages: 0, dutyMessages: 0 });
    await sleep(100);
    expect(taken).to.deep.equal([
      { cpuSeconds: 3, messages: 30, dutyMessages: 9 },
      { cpuSeconds: 4, messages: 0, dutyMessages: 0 },
    ]);
  });

  it('is told to nobody by a worker that is the only one', () => {
    const only = { slot: { number: 0, of: 1 }, siblings: noSiblings };
    expect(shareWork(only, () => undefined)).to.equal(undefined);
  });
});
