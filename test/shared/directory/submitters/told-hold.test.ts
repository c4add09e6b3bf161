import { SubmitterLedger } from '@mailpair/shared/directory/submitters/ledger';
import { formatHold, parseHold } from '@mailpair/shared/directory/submitters/told-hold';
import { noLimits } from '@mailpair/shared/directory/submitters/usage';
import { expect } from 'chai';
import fc from 'fast-check';
import { beforeEach, describe, it } from 'mocha';
import { submitterNamed } from './submitter-named.ts';

const told = (since: number) => ({ name: 'anna', since, reason: '4 messages within an hour' });

describe('A hold that a partner tells of', () => {
  let now: number;
  let ledger: SubmitterLedger;

  beforeEach(() => {
    now = Date.UTC(2026, 10, 25, 12);
    ledger = new SubmitterLedger({
      submitterOf: submitterNamed(noLimits),
      clock: { now: () => now },
      accounts: [],
      changed: () => undefined,
      onExcess: () => undefined,
      close: async () => undefined,
    });
  });

  it('comes out as it went in, of at most so many characters', () => {
    const strings = fc.string({ minLength: 1, maxLength: 320 });
    fc.assert(
      fc.property(strings, fc.string(), fc.nat(), (name, reason, since) => {
        const text = formatHold(name, { since, reason, by: 'limit' });
        expect(parseHold(text)).to.deep.equal({ name, since, reason: reason.slice(0, 200) });
      }),
    );
  });

  it('is none where it is anything else', () => {
    for (const text of ['', '{', 'null', '[]', '7', '{"name":"a"}', '{"name":"","since":1,"reason":""}'])
      expect(parseHold(text), text).to.equal(undefined);
    fc.assert(fc.property(fc.json(), (text) => void parseHold(text)));
  });

  it('counts here, once', () => {
    expect(ledger.holdToo(told(now))).to.equal(true);
    expect(ledger.heldFor('anna')).to.include({ by: 'partner', since: now });
    expect(ledger.holdToo(told(now))).to.equal(false);
  });

  it('does not count again after a release, even when the partner’s clock is ahead; a later one does', () => {
    ledger.holdToo(told(now + 60_000));
    ledger.release('anna');
    expect(ledger.holdToo(told(now + 60_000))).to.equal(false);
    expect(ledger.accounts().map(({ name }) => name)).to.deep.equal(['anna']);
    expect(ledger.holdToo(told(now + 60_001))).to.equal(true);
  });
});
