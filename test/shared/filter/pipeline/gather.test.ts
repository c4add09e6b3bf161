import { setTimeout as pause } from 'node:timers/promises';
import { Layer, type Question } from '@mailpair/shared/filter/pipeline/gather';
import type { Inquiry, Learner } from '@mailpair/shared/filter/contract/learner';
import type { Fact } from '@mailpair/shared/filter/contract/facts';
import type { FactName, Learnable, Learnt } from '@mailpair/shared/filter/pipeline/facts';
import { expect } from 'chai';
import { describe, it } from 'mocha';

const question = {} as Question;
const BUDGET_MS = 30;

type Learn = (inquiry: Inquiry<Learnable>) => unknown;

/** Learners by the names of what they bring, whatever that is. */
const learners = (all: Readonly<Record<string, Learn>>): Learner[] =>
  Object.entries(all).map(
    ([name, learn]) => ({ name, stage: 'message', roles: ['mx'], learn }) as unknown as Learner,
  );

const layer = (all: Readonly<Record<string, Learn>>, below?: Layer): Layer =>
  new Layer(learners(all), question, BUDGET_MS, below);

/** Without how long each took. */
async function learntBy(asked: Layer): Promise<Record<string, unknown>> {
  const learnt = (await asked.learnt()) as Learnt & Record<string, Fact<unknown>>;
  return Object.fromEntries(
    Object.entries(learnt).map(([name, fact]) => [
      name,
      fact.kind === 'known' ? fact.value : `fault: ${fact.reason}`,
    ]),
  );
}

describe('a layer of facts', () => {
  it('is known at once when nothing has to be waited for', () => {
    const learnt = layer({ a: () => 1, b: () => ({ c: 2 }) }).learnt();
    expect(learnt).not.to.be.instanceOf(Promise);
    expect(learnt).to.have.nested.property('b.value.c', 2);
  });

  it('learns side by side', async () => {
    let running = 0;
    let most = 0;
    const slow = async (): Promise<number> => {
      running += 1;
      most = Math.max(most, running);
      await pause(1);
      running -= 1;
      return running;
    };
    await layer({ a: slow, b: slow, c: slow }).learnt();
    expect(most).to.equal(3);
  });

  it('leaves out what has no meaning here', async () => {
    expect(await learntBy(layer({ a: () => undefined, b: async () => undefined }))).to.deep.equal({});
  });

  it('makes a fault of what throws or rejects, and learns the rest', async () => {
    const facts = await learntBy(
      layer({
        a: () => {
          throw new Error('no key');
        },
        b: () => Promise.reject(new Error('refused')),
        c: () => 1,
      }),
    );
    expect(facts).to.deep.equal({ a: 'fault: no key', b: 'fault: refused', c: 1 });
  });

  it('makes a fault of what takes longer than its budget, and tells it to give up', async () => {
    let gaveUp = false;
    const never = ({ signal }: Inquiry): Promise<never> => {
      signal().addEventListener('abort', () => (gaveUp = true));
      return new Promise(() => undefined);
    };
    const facts = await learntBy(layer({ never, quick: async () => 'here' }));
    expect(facts).to.deep.equal({ never: 'fault: not learnt within 0.03 s', quick: 'here' });
    expect(gaveUp).to.equal(true);
  });

  it('learns a fact once, whoever asks for it, in whatever order they stand', async () => {
    let times = 0;
    const facts = await learntBy(
      layer({
        first: async ({ fact }) =>
          ((await fact('base' as FactName)) as unknown as { value: string }).value + '!',
        second: async ({ fact }) =>
          ((await fact('base' as FactName)) as unknown as { value: string }).value + '?',
        base: async () => `asked ${(times += 1)} times`,
      }),
    );
    expect(facts).to.include({ first: 'asked 1 times!', second: 'asked 1 times?' });
  });

  it('holds what the layers below have learnt, and asks them for it', async () => {
    const client = layer({ name: async () => 'mx.example.net' });
    const message = layer(
      { size: async ({ fact }) => (await fact('name' as FactName)) && 42 },
      layer({ from: () => 'a@example.net' }, client),
    );
    expect(await learntBy(message)).to.deep.equal({
      name: 'mx.example.net',
      from: 'a@example.net',
      size: 42,
    });
    expect(await learntBy(client)).to.deep.equal({ name: 'mx.example.net' });
  });

  it('gives undefined for a fact that nobody learns', async () => {
    const facts = await learntBy(
      layer({ a: async ({ fact }) => (await fact('nothing' as FactName)) === undefined }),
    );
    expect(facts).to.deep.equal({ a: true });
  });

  it('tells what is known by now: nothing before it is learnt, then at once, and never a fault', async () => {
    const answer = Promise.withResolvers<string>();
    const client = layer({ name: () => answer.promise, broken: () => Promise.reject(new Error('away')) });
    const message = layer({}, client);
    expect(message.known('name' as FactName)).to.equal(undefined);
    answer.resolve('mx.example.net');
    await message.learnt();
    expect(message.known('name' as FactName)).to.equal('mx.example.net');
    expect(message.known('broken' as FactName)).to.equal(undefined);
    expect(message.learnt()).not.to.be.instanceOf(Promise);
  });

  it('leaves no timer behind', async () => {
    const timers = (): number => process.getActiveResourcesInfo().filter((kind) => kind === 'Timeout').length;
    await pause(1); // mocha's own is set by now
    const before = timers();
    await layer({ a: async () => 1, b: () => pause(1) }).learnt();
    expect(timers()).to.equal(before);
  });
});
