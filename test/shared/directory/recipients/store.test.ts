import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect } from 'chai';
import { afterEach, beforeEach, describe, it } from 'mocha';
import fc from 'fast-check';
import { openKnowledgeStore, type KnowledgeStore } from '@mailpair/shared/directory/recipients/store';

describe('the store of knowledge about recipients', () => {
  let directory: string;
  let store: KnowledgeStore;
  const open = (): KnowledgeStore =>
    openKnowledgeStore(directory, (error) => {
      throw error;
    });

  beforeEach(() => {
    directory = mkdtempSync(join(tmpdir(), 'mailpair-knowledge-'));
    store = open();
  });
  afterEach(async () => {
    await store.close();
    rmSync(directory, { recursive: true });
  });

  it('takes what a partner learnt when it is newer, and says whether it was', () => {
    store.put('a@x.test', { valid: true, learnedAt: 5 });
    expect(store.merge('a@x.test', { valid: false, learnedAt: 4 })).to.equal(false);
    expect(store.merge('a@x.test', { valid: true, learnedAt: 5 })).to.equal(false);
    expect(store.get('a@x.test')).to.deep.equal({ valid: true, learnedAt: 5 });
    expect(store.merge('a@x.test', { valid: false, learnedAt: 6 })).to.equal(true);
    expect(store.merge('b@x.test', { valid: true, learnedAt: 1 })).to.equal(true);
    expect([...store.keys()].map((key) => store.get(key))).to.deep.equal([
      { valid: false, learnedAt: 6 },
      { valid: true, learnedAt: 1 },
    ]);
  });

  it('keeps it over a restart, with the time at which it was learnt', async () => {
    store.merge('a@x.test', { valid: true, learnedAt: 1_798_761_600_000 });
    await store.close();
    store = open();
    expect(store.get('a@x.test')).to.deep.equal({ valid: true, learnedAt: 1_798_761_600_000 });
  });

  it('tells what is learnt here, and not what partners told, or it would go in circles', () => {
    const told: string[] = [];
    store.onLearnt((key) => told.push(key));
    store.merge('a@x.test', { valid: true, learnedAt: 1 });
    store.put('b@x.test', { valid: true, learnedAt: 1 });
    expect(told).to.deep.equal(['b@x.test']);
  });

  it('comes to the same whatever the order in which partners tell', () => {
    const lesson = fc.record({
      key: fc.constantFrom('a@x.test', 'b@x.test'),
      valid: fc.boolean(),
      at: fc.nat(4),
    });
    let run = 0;
    fc.assert(
      fc.property(fc.array(lesson), fc.array(lesson), (some, others) => {
        const names = [`${(run += 1)}-one`, `${run}-two`] as const;
        const [one, two] = names.map((name) => (lessons: typeof some) => {
          for (const { key, valid, at } of lessons) store.merge(name + key, { valid, learnedAt: at });
        });
        one!(some);
        one!(others);
        two!(others);
        two!(some.toReversed());
        two!(others);
        for (const key of ['a@x.test', 'b@x.test'])
          expect(store.get(names[0] + key)).to.deep.equal(store.get(names[1] + key));
      }),
    );
  });
});
