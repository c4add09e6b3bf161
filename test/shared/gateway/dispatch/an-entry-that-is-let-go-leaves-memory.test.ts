import { EntryClaims, type Claim } from '@mailpair/shared/gateway/dispatch/entry-claims';
import type { Entry } from '@mailpair/shared/platform/values/entry';
import { expect } from 'chai';
import { describe, it } from 'mocha';
import { bytesLeftBehind } from '../../../support/nursery.ts';

const ENTRY_BYTES = 16_384;
/** Of objects alike so few have shapes of their own. */
const ENTRIES = 400;
const AT_A_TIME = 20;

/** What it weighs is told by a buffer. */
const entryOf = (id: string): Entry =>
  ({ id, weight: Buffer.allocUnsafeSlow(ENTRY_BYTES) }) as unknown as Entry;

describe('an entry that nobody has a claim on any more', () => {
  it('leaves memory without the whole heap being marked', () => {
    const claims = new EntryClaims({ store: () => Promise.resolve(), released: () => undefined });
    const held: Claim[] = [];
    const left = bytesLeftBehind({
      count: ENTRIES,
      atATime: AT_A_TIME,
      come: (n) => held.push(claims.claim(`M${n}`, () => entryOf(`M${n}`))!),
      go: () => held.shift()!.release(),
    });
    expect(left).to.be.below((ENTRIES * ENTRY_BYTES) / 4);
  });
});
