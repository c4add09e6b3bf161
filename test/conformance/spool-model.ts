/** Random sequences of operations on a spool, held against a map that cannot be wrong. */
import type { Entry } from '@mailpair/shared/platform/values/entry';
import { dueAt } from '@mailpair/shared/platform/values/entry';
import type { Spool } from '@mailpair/shared/spool/store/spool';
import { expect } from 'chai';
import fc from 'fast-check';
import { dueOf, nextDueAt } from '../support/due.ts';
import { sumsOfEntries, sumsOfParts } from '../support/queue-sums.ts';
import { bodyOf, dueAgain, entryOf } from '../support/spool-mail.ts';

type Operation =
  | { readonly do: 'add'; readonly id: string; readonly due: number; readonly octets: Uint8Array }
  | { readonly do: 'update'; readonly id: string; readonly due: number; readonly held: boolean }
  | { readonly do: 'remove'; readonly id: string }
  | { readonly do: 'wait' | 'reopen' };

const id = fc.constantFrom('a', 'b', 'c', 'd', 'e', 'f');
const due = fc.integer({ min: 0, max: 20 });
const operation: fc.Arbitrary<Operation> = fc.oneof(
  {
    weight: 4,
    arbitrary: fc.record({ do: fc.constant('add'), id, due, octets: fc.uint8Array({ maxLength: 40 }) }),
  },
  { weight: 4, arbitrary: fc.record({ do: fc.constant('update'), id, due, held: fc.boolean() }) },
  { weight: 3, arbitrary: fc.record({ do: fc.constant('remove'), id }) },
  { weight: 2, arbitrary: fc.record({ do: fc.constantFrom('wait', 'reopen') }) },
);

export interface ModelSubject {
  readonly current: () => Spool;
  readonly reopen: () => Promise<void>;
}

type Model = Map<string, { readonly entry: Entry; readonly octets: Buffer }>;

export async function spoolModel({ current, reopen }: ModelSubject): Promise<void> {
  await fc.assert(
    fc.asyncProperty(fc.array(operation, { maxLength: 30 }), async (operations) => {
      const model: Model = new Map();
      let underWay: Promise<unknown>[] = [];
      for (const step of operations) {
        if ('id' in step) {
          underWay.push(apply(step, current(), model));
          continue;
        }
        await Promise.all(underWay);
        underWay = [];
        if (step.do === 'reopen') await reopen();
        await compare(current(), model);
      }
      await Promise.all(underWay);
      await compare(current(), model);
      for (const id of model.keys()) await current().remove(id);
    }),
    { numRuns: 60 },
  );
}

/** Changes the model at once and the spool when it is ready; operations are not waited for in between. */
function apply(
  step: Extract<Operation, { readonly id: string }>,
  spool: Spool,
  model: Model,
): Promise<unknown> {
  const known = model.get(step.id);
  if (step.do === 'remove') {
    model.delete(step.id);
    return spool.remove(step.id);
  }
  if (step.do === 'update') {
    const { held: _held, ...rest } = known?.entry ?? entryOf(step.id, bodyOf());
    const entry = dueAgain(step.held ? { ...rest, held: true } : rest, step.due);
    if (known) model.set(step.id, { ...known, entry });
    return spool.update(entry);
  }
  const octets = Buffer.from(step.octets);
  const body = bodyOf(octets);
  const entry = dueAgain(entryOf(step.id, body), step.due);
  if (!known) model.set(step.id, { entry, octets });
  const added = spool.add(entry, body);
  return known
    ? added.then(
        () => expect.fail(`a second entry ${step.id} was taken`),
        () => undefined,
      )
    : added;
}

async function compare(spool: Spool, model: Model): Promise<void> {
  const wanted = [...model.values()].map(({ entry }) => entry).sort((a, b) => (a.id < b.id ? -1 : 1));
  expect(spool.count()).to.equal(wanted.length);
  expect([...spool.list()]).to.deep.equal(wanted);
  const order = wanted.filter((entry) => dueAt(entry) <= 10).sort((a, b) => dueAt(a) - dueAt(b));
  expect(dueOf(spool, 10, 100, () => false)).to.deep.equal(order);
  expect(sumsOfParts(spool)).to.deep.equal(sumsOfEntries(spool));
  expect(nextDueAt(spool, () => false)).to.equal(Math.min(Infinity, ...wanted.map(dueAt)));
  for (const { entry, octets } of model.values()) {
    const { chunks = [] } = await spool.body(entry);
    expect(Buffer.concat([...chunks])).to.deep.equal(octets);
  }
  expect(spool.damaged()).to.deep.equal([]);
}
