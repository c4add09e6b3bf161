import { after } from '@mailpair/shared/platform/fast/after';
import { expect } from 'chai';
import fc from 'fast-check';
import { describe, it } from 'mocha';

/** What `after` does, with an `await` always. */
const afterSimple = async (value: unknown, then: (value: unknown) => unknown): Promise<unknown> =>
  then(await value);

describe('what follows from a value or from a promise of one', () => {
  it('is the same as with await', async () => {
    const handlers = fc.constantFrom<(value: unknown) => unknown>(
      (value) => [value],
      (value) => Promise.resolve([value]),
      () => {
        throw new Error('thrown');
      },
      () => Promise.reject(new Error('rejected')),
    );
    const values = fc.oneof(
      fc.anything().map((value) => () => value),
      fc.anything().map((value) => () => Promise.resolve(value)),
      fc.string().map((text) => () => Promise.reject(new Error(text))),
    );
    await fc.assert(
      fc.asyncProperty(values, handlers, async (valueOf, then) => {
        const settled = (result: Promise<unknown>): Promise<PromiseSettledResult<unknown>[]> =>
          Promise.allSettled([result]);
        const fast = settled(new Promise((resolve) => resolve(after(valueOf(), then))));
        expect(await fast).to.deep.equal(await settled(afterSimple(valueOf(), then)));
      }),
    );
  });

  it('is there at once if the value is', () => {
    expect(after(2, (n) => n + 1)).to.equal(3);
    expect(after(Promise.resolve(2), (n) => n + 1)).to.be.a('promise');
  });
});
