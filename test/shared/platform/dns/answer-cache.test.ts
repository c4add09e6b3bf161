import { describe, it } from 'mocha';
import { expect } from 'chai';
import { rememberAnswers } from '@mailpair/shared/platform/dns/answer-cache';

const clock = { now: () => 0 };

describe('The memory of answers', () => {
  it('keeps the names that were used last', async () => {
    const asked: string[] = [];
    const ask = rememberAnswers(
      (name) => {
        asked.push(name);
        return Promise.resolve(name);
      },
      { clock, limit: 2, isLasting: () => false },
    );
    for (const name of ['a', 'b', 'a', 'c', 'a', 'b']) expect(await ask(name)).to.equal(name);
    expect(asked).to.deep.equal(['a', 'b', 'c', 'b']);
  });

  it('asks anew when told to, and remembers that', async () => {
    let count = 0;
    const ask = rememberAnswers(() => Promise.resolve((count += 1)), {
      clock,
      limit: 2,
      isLasting: () => false,
    });
    expect([await ask('a'), await ask('a'), await ask('a', true), await ask('a')]).to.deep.equal([
      1, 1, 2, 2,
    ]);
  });

  it('is not spoiled by a failure of a look-up that it has forgotten', async () => {
    const failures: ((reason: Error) => void)[] = [];
    const ask = rememberAnswers(() => new Promise<string>((_, reject) => failures.push(reject)), {
      clock,
      limit: 1,
      isLasting: () => false,
    });
    const forgotten = ask('a');
    const inBetween = ask('b');
    const current = ask('a');
    failures[0]?.(new Error('first'));
    await forgotten.catch(() => undefined);
    expect(ask('a')).to.equal(current);
    failures[1]?.(new Error('second'));
    failures[2]?.(new Error('third'));
    await Promise.allSettled([inBetween, current]);
  });
});
