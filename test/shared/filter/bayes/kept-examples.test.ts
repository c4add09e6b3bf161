import type { Example } from '@mailpair/shared/filter/bayes/example';
import { KeptExamples } from '@mailpair/shared/filter/bayes/kept-examples';
import { expect } from 'chai';
import { describe, it } from 'mocha';

const example = (id: string, tokens: number, as: Example['as'] = 'spam'): Example => ({
  id,
  as,
  at: 1,
  tokens: new Uint32Array(tokens),
});

describe('examples that are kept in memory', () => {
  it('are found, the last of each message', () => {
    const kept = new KeptExamples();
    kept.add(example('a', 10));
    kept.add(example('b', 10));
    kept.add(example('a', 10, 'ham'));
    expect([kept.get('a')?.as, kept.get('b')?.as, kept.get('c')]).to.deep.equal(['ham', 'spam', undefined]);
  });

  it('take no more room than they may: the oldest go first', () => {
    const kept = new KeptExamples(3_000);
    for (const id of ['a', 'b', 'a', 'c', 'd']) kept.add(example(id, 200));
    expect(['a', 'b', 'c', 'd'].filter((id) => kept.get(id))).to.deep.equal(['a', 'c', 'd']);
    kept.add(example('e', 1));
    expect(['a', 'c', 'd', 'e'].filter((id) => kept.get(id))).to.deep.equal(['c', 'd', 'e']);
  });
});
