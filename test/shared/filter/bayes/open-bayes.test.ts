import {
  appendFileSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  truncateSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Example } from '@mailpair/shared/filter/bayes/example';
import { openBayes, type Bayes } from '@mailpair/shared/filter/bayes/open-bayes';
import { tokensOf } from '@mailpair/shared/filter/bayes/tokens';
import { expect } from 'chai';
import { afterEach, beforeEach, describe, it } from 'mocha';
import { eventually } from '../../../support/heartbeat.ts';
import { asKind, contentWith, exampleNo, messageOf } from './contents.ts';

const day = 86_400_000;

describe('the classifier', () => {
  let directory: string;
  let open: Bayes[];
  let now: number;
  let faults: string[];

  beforeEach(() => {
    directory = mkdtempSync(join(tmpdir(), 'mailpair-bayes-'));
    open = [];
    now = 10 * day;
    faults = [];
  });

  afterEach(async () => {
    for (const bayes of open) await bayes.close();
    rmSync(directory, { recursive: true, force: true });
  });

  function start(
    rules: { maxTokens?: number; minimum?: number; readOnly?: boolean; follows?: boolean } = {},
  ): Bayes {
    const { maxTokens = 100_000, minimum = 30, readOnly = false, follows = false } = rules;
    const bayes = openBayes({
      directory,
      rules: () => ({ maxTokens, minimum, halfLifeMs: 10 * day }),
      now: () => now,
      onFault: ({ message }) => faults.push(message),
      readOnly,
      follows,
    });
    open.push(bayes);
    return bayes;
  }

  async function stop(bayes: Bayes): Promise<void> {
    await bayes.close();
    open.splice(open.indexOf(bayes), 1);
  }

  async function again(bayes: Bayes, rules: Parameters<typeof start>[0] = {}): Promise<Bayes> {
    await stop(bayes);
    return start(rules);
  }

  function teach(bayes: Bayes, count: number, from = 0): void {
    for (let n = from; n < from + count; n += 1) {
      bayes.learn(exampleNo('spam', n));
      bayes.learn(exampleNo('ham', n));
    }
  }

  const spamOf = (bayes: Bayes, as: 'spam' | 'ham', n: number): number =>
    bayes.classify(tokensOf(messageOf(as, n)))!.spam;

  it('says nothing before it has learnt enough, then tells spam from ham', async () => {
    let bayes = start();
    teach(bayes, 29);
    bayes = await again(bayes);
    expect(bayes.judges()).to.equal(false);
    expect(bayes.classify(tokensOf(messageOf('spam', 1_000)))).to.equal(undefined);
    expect(bayes.status().why).to.include('29 spam and 29 ham, and judges from 30');
    teach(bayes, 60);
    bayes = await again(bayes);
    expect(bayes.status()).to.include({ spam: 60, ham: 60, judges: true, why: null });
    expect(spamOf(bayes, 'spam', 1_000)).to.be.above(0.99);
    expect(spamOf(bayes, 'ham', 1_000)).to.be.below(0.01);
    expect(faults).to.deep.equal([]);
  });

  it('says that it cannot tell when both are alike', async () => {
    let bayes = start();
    for (let n = 0; n < 40; n += 1) {
      bayes.learn(exampleNo('spam', n));
      bayes.learn({ ...exampleNo('spam', n + 40), as: 'ham' });
    }
    bayes = await again(bayes);
    expect(bayes.status().why).to.include('too much alike');
    expect(bayes.classify(tokensOf(messageOf('spam', 1_000)))).to.equal(undefined);
  });

  it('learns a message once, as the opposite in place of that, and takes it back without a trace', async () => {
    const bayes = start();
    teach(bayes, 40);
    await stop(bayes);
    const before = evidenceIn(start({ readOnly: true }));
    const again = start();
    const odd = exampleNo('spam', 999, now);
    expect(again.learn(odd)).to.equal('learnt');
    expect(again.learn(odd)).to.equal('known');
    now += 1;
    expect(again.learn(asKind(odd, 'ham', now))).to.equal('changed');
    expect(again.status()).to.include({ spam: 40, ham: 41 });
    now += 1;
    expect(again.learn(asKind({ ...odd, tokens: new Uint32Array() }, 'none', now))).to.equal('changed');
    expect(again.learn(asKind(exampleNo('spam', 5_000), 'none', now))).to.equal('known');
    expect(again.status()).to.include({ spam: 40, ham: 40 });
    await stop(again);
    expect(evidenceIn(start({ readOnly: true }))).to.deep.equal(before);
  });

  /** What it says of messages, to four digits. */
  function evidenceIn(bayes: Bayes): number[] {
    return Array.from({ length: 50 }, (_, n) => [spamOf(bayes, 'spam', n), spamOf(bayes, 'ham', n)]).flat();
  }

  it('agrees with its partner, in whatever order they hear', async () => {
    const odd = exampleNo('spam', 999, 5_000);
    const told: Example[] = [
      odd,
      asKind(odd, 'ham', 6_000),
      asKind(odd, 'none', 7_000),
      asKind(odd, 'spam', 8_000),
    ];
    for (const order of [
      [0, 1, 2, 3],
      [3, 2, 1, 0],
      [1, 3, 0, 2],
    ]) {
      const bayes = start();
      for (const n of order) bayes.learn(told[n]!);
      expect(bayes.status()).to.include({ spam: 1, ham: 0 });
      await stop(bayes);
      rmSync(directory, { recursive: true });
    }
  });

  it('lets old evidence fade against what is new, and only against that', async () => {
    let bayes = start();
    teach(bayes, 500);
    bayes = await again(bayes);
    const word = (): number =>
      bayes.classify(tokensOf(contentWith({ text: 'pills casino winner loan '.repeat(9) })))!.spam;
    const fresh = word();
    now += 300 * day;
    bayes = await again(bayes);
    expect(word()).to.equal(fresh);
    for (let n = 100; n < 620; n += 1) {
      bayes.learn({ ...exampleNo('spam', n, now), as: 'ham' });
      bayes.learn({ ...exampleNo('ham', n, now), as: 'spam' });
    }
    bayes = await again(bayes);
    expect(spamOf(bayes, 'ham', 1_000)).to.be.above(0.9);
  });

  it('comes back after a crash: snapshot, then the examples since', async () => {
    const bayes = start();
    teach(bayes, 40);
    await stop(bayes);
    const crashed = start(); // never closed before the next is opened
    teach(crashed, 10, 40);
    expect(readdirSync(directory).some((name) => name.startsWith('examples.'))).to.equal(true);
    const after = start({ readOnly: true });
    expect(after.status()).to.include({ spam: 50, ham: 50, judges: true });
    expect(after.find(exampleNo('spam', 45).id)!.tokens).to.deep.equal(exampleNo('spam', 45).tokens);
  });

  it('passes over a torn example and what was written of it', async () => {
    const bayes = start();
    teach(bayes, 5);
    const [name] = readdirSync(directory).filter((each) => each.startsWith('examples.'));
    const path = join(directory, name!);
    truncateSync(path, readFileSync(path).length - 7);
    appendFileSync(path, Buffer.alloc(3));
    expect(start({ readOnly: true }).status()).to.include({ spam: 5, ham: 4 });
    expect(faults).to.deep.equal([]);
  });

  it('sets a damaged snapshot aside and says so', async () => {
    const bayes = start();
    teach(bayes, 40);
    await stop(bayes);
    const path = join(directory, 'learnt');
    const octets = readFileSync(path);
    octets[octets.length - 100]! ^= 1;
    writeFileSync(path, octets);
    const after = start();
    expect(after.status()).to.include({ spam: 40, ham: 40 }); // of the examples that are kept
    expect(faults.join()).to.match(/learnt is set aside: it is damaged/);
    expect(readdirSync(directory)).to.include('learnt.set-aside');
  });

  it('writes nothing where another has it open', async () => {
    const bayes = start();
    teach(bayes, 40);
    await stop(bayes);
    const before = readdirSync(directory).map((name) => readFileSync(join(directory, name)).toString('hex'));
    const reading = start({ readOnly: true });
    expect(() => reading.learn(exampleNo('spam', 4_711))).to.throw('another process');
    await stop(reading);
    expect(
      readdirSync(directory).map((name) => readFileSync(join(directory, name)).toString('hex')),
    ).to.deep.equal(before);
  });

  it('learns in memory with another process that has it open, where it follows that', async () => {
    let bayes = start();
    teach(bayes, 40);
    await stop(bayes);
    const before = readdirSync(directory).toSorted();
    const following = start({ readOnly: true, follows: true });
    const { spam } = following.status();
    expect(following.learn(exampleNo('spam', 4_711))).to.equal('learnt');
    expect(following.learn(exampleNo('spam', 4_711))).to.equal('known');
    expect(following.status().spam).to.equal(spam + 1);
    await stop(following);
    expect(readdirSync(directory).toSorted()).to.deep.equal(before);
    bayes = start();
    expect(bayes.status().spam).to.equal(spam);
    await stop(bayes);
  });

  it('judges by what it was told where it follows another process, and takes that back exactly', async () => {
    const following = start({ readOnly: true, follows: true });
    teach(following, 40);
    await eventually(
      () => following.judges(),
      (judges) => judges,
    );
    expect(spamOf(following, 'spam', 1_000)).to.be.above(0.9);
    expect(spamOf(following, 'ham', 1_000)).to.be.below(0.1);
    const example = exampleNo('spam', 7);
    expect(following.find(example.id)).to.deep.equal(example);
    const before = spamOf(following, 'spam', 1_000);
    following.learn(exampleNo('spam', 4_711));
    now += 1;
    const taken = { ...exampleNo('spam', 4_711), as: 'none' as const, at: now, tokens: new Uint32Array() };
    expect(following.learn(taken)).to.equal('changed');
    expect(following.status().spam).to.equal(40);
    expect(spamOf(following, 'spam', 1_000)).to.equal(before);
  });

  it('keeps within its bound of tokens and still tells them apart', async () => {
    let bayes = start({ maxTokens: 1_000 });
    teach(bayes, 200);
    expect(bayes.status().tokens).to.be.at.most(1_000);
    bayes = await again(bayes, { maxTokens: 1_000 });
    expect(spamOf(bayes, 'spam', 1_000)).to.be.above(0.95);
    expect(spamOf(bayes, 'ham', 1_000)).to.be.below(0.05);
  });
});
