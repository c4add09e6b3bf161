import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import { expect } from 'chai';
import { afterEach, beforeEach, describe, it } from 'mocha';
import { Corpus, MOST_SEEDS, smallestCover } from './corpus.ts';
import { Coverage } from './coverage.ts';
import { identityOf, readFailure, saveFailure, type Failure } from './failure.ts';
import { Fuzzer } from './fuzzer.ts';
import { must, type Target } from './target.ts';

const targetOf = (run: Target['run'], more: Partial<Target> = {}): Target => ({
  name: 'planted',
  seeds: [Buffer.from('seed (with) parts')],
  words: ['(', ')', 'magic'],
  longestBytes: 4_096,
  budgetMs: 60_000,
  run,
  ...more,
});

async function failuresOf(
  target: Target,
  inputs: number,
  coverage: Coverage | null = null,
): Promise<Failure[]> {
  const failures: Failure[] = [];
  const fuzzer = new Fuzzer({
    target,
    seed: 1,
    corpus: new Corpus(null),
    coverage,
    failed: (failure) => void failures.push(failure),
  });
  await fuzzer.begin();
  await fuzzer.turn({ inputs });
  return failures;
}

describe('the fuzzer', () => {
  let directory: string;
  beforeEach(() => {
    directory = mkdtempSync(join(tmpdir(), 'mailpair-fuzz-'));
  });
  afterEach(() => rmSync(directory, { recursive: true }));

  it('reports an exception that escapes once, with a small input that shows it', async () => {
    const failures = await failuresOf(
      targetOf((input) => {
        if (input.includes('magic')) throw new RangeError(`of ${input.length} octets`);
      }),
      2_000,
    );
    expect(failures.map(({ kind }) => kind)).to.deep.equal(['escaped']);
    expect(failures[0]!.input!.toString()).to.equal('magic');
  });

  it('tells breaches apart by their words, and one breach from itself by nothing that differs', async () => {
    const failures = await failuresOf(
      targetOf((input) => {
        must(!input.includes('magic'), 'no magic', input.length);
        must(!input.includes('(('), 'one bracket only', input.length);
      }),
      2_000,
    );
    expect(failures.map(({ what }) => what.replace(/: .*/, '')).sort()).to.deep.equal([
      'no magic',
      'one bracket only',
    ]);
  });

  it('finds time that grows by the square of the length', async () => {
    const failures = await failuresOf(
      targetOf((input) => void / *x$/.test(input.toString().replaceAll(')', ' ').repeat(2))),
      800,
    );
    expect(failures.map(({ kind }) => kind)).to.deep.equal(['growth']);
    expect(failures[0]!.pump).not.to.equal(undefined);
  }).timeout(120_000);

  it('finds no growth where time grows with the length', async () => {
    const failures = await failuresOf(
      targetOf((input) => {
        for (let time = 0; time < 20; time += 1)
          must(input.toString('hex').length === 2 * input.length, 'hex');
      }),
      500,
    );
    expect(failures).to.deep.equal([]);
  });

  it('finds memory that is never given back', async () => {
    const held: Buffer[] = [];
    const failures: Failure[] = [];
    const fuzzer = new Fuzzer({
      target: targetOf(() => void held.push(Buffer.alloc(64 * 1024))),
      seed: 1,
      corpus: new Corpus(null),
      coverage: null,
      failed: (failure) => void failures.push(failure),
    });
    for (let turn = 0; turn < 40 && failures.length === 0; turn += 1) await fuzzer.turn({ inputs: 100 });
    expect(failures.map(({ kind }) => kind)).to.deep.equal(['memory']);
  });

  it('makes the same inputs of the same seed', async () => {
    const seen: string[][] = [[], []];
    for (const of of seen)
      await failuresOf(
        targetOf((input) => void of.push(input.toString('hex'))),
        300,
      );
    expect(new Set(seen[0]).size).to.be.above(200);
    expect(seen[0]).to.deep.equal(seen[1]);
  });

  it('waits for what answers later', async () => {
    const failures = await failuresOf(
      targetOf(async () => {
        await setTimeout(1);
        throw new Error('late');
      }),
      1,
    );
    expect(failures.map(({ kind }) => kind)).to.deep.equal(['escaped']);
  });

  it('keeps inputs that reach new code, and comes further by them', async () => {
    const coverage = new Coverage();
    try {
      const { readDeep } = await import('./deep-planted.ts');
      const corpus = new Corpus(null);
      const failures: Failure[] = [];
      const target = targetOf((input) => readDeep(input), {
        seeds: [Buffer.from('........')],
        words: ['M', 'P', 'J', '1'],
      });
      const fuzzer = new Fuzzer({
        target,
        seed: 7,
        corpus,
        coverage,
        failed: (each) => void failures.push(each),
      });
      await fuzzer.begin();
      for (let turn = 0; turn < 20 && failures.length === 0; turn += 1) await fuzzer.turn({ inputs: 1_000 });
      expect(corpus.inputs.length).to.be.above(1);
      expect(failures.map(({ what }) => what)).to.deep.equal(['the deepest place is reached']);
    } finally {
      coverage.close();
    }
  });

  it('keeps a failure in a file by which it can be tried again', () => {
    const failure: Failure = { target: 'journal', kind: 'breach', what: 'x', input: Buffer.from('abc') };
    const path = saveFailure(directory, failure)!;
    expect(readFailure(path)).to.deep.equal({ target: 'journal', kind: 'breach', input: Buffer.from('abc') });
    const pump = { before: Buffer.from('a'), piece: Buffer.from('b'), after: Buffer.from('c') };
    const growth = saveFailure(directory, { ...failure, kind: 'growth', pump })!;
    expect(readFailure(growth)).to.deep.include({ kind: 'growth', pump });
  });

  it('takes exceptions at one place for one fault, and at two places for two', () => {
    const at = (line: number, words: string): string =>
      identityOf({
        target: 't',
        kind: 'escaped',
        what: `Error: ${words}\n    at f (file:///x/packages/shared/src/a.ts:${line}:1)`,
      });
    expect(at(1, 'one')).to.equal(at(1, 'other'));
    expect(at(1, 'one')).not.to.equal(at(2, 'one'));
  });
});

describe('the corpus', () => {
  it('keeps the smallest inputs that reach all blocks', () => {
    const kept = [
      { input: Buffer.from('long one'), blocks: ['a', 'b'] },
      { input: Buffer.from('x'), blocks: ['a'] },
      { input: Buffer.from('yy'), blocks: ['b'] },
    ];
    expect(smallestCover(kept).map(({ input }) => input.toString())).to.deep.equal(['x', 'yy']);
  });

  it('is bounded on disk as in memory, and found again', () => {
    const directory = mkdtempSync(join(tmpdir(), 'mailpair-fuzz-'));
    try {
      const corpus = new Corpus(directory);
      for (let number = 0; number <= 2 * MOST_SEEDS; number += 1)
        corpus.add(Buffer.from(`input ${number}`), [`block ${number}`]);
      expect(corpus.inputs.length).to.be.within(1, MOST_SEEDS);
      expect(readdirSync(directory)).to.have.length(corpus.inputs.length);
      expect(new Corpus(directory).stored()).to.have.length(corpus.inputs.length);
    } finally {
      rmSync(directory, { recursive: true });
    }
  });
});
