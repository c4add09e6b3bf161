/** What holds for settlement whatever the entry, the outcomes and the hour. */
import type { RecipientState } from '@mailpair/shared/platform/values/entry';
import type { Notify } from '@mailpair/shared/platform/values/envelope';
import type { Outcome, OutcomeKind } from '@mailpair/shared/platform/values/outcome';
import { replies } from '@mailpair/shared/platform/values/reply';
import { expect } from 'chai';
import fc from 'fast-check';
import { describe, it } from 'mocha';
import { later, never, ok, settle } from './attempts.ts';
import { day, entryOf, receivedAt } from './entries.ts';

describe('settlement, whatever the outcomes,', () => {
  const addresses = ['a@x', 'b@x', 'c@x', 'd@x'];
  const notify = fc.option(fc.subarray<Notify>(['success', 'failure', 'delay'], { minLength: 1 }), {
    nil: undefined,
  });
  const recipient = fc
    .record({
      address: fc.constantFrom(...addresses),
      status: fc.constantFrom<RecipientState['status']>('queued', 'relayed', 'bounced'),
      attempts: fc.nat(20),
      dueAt: fc.nat(),
      warned: fc.boolean(),
      notify,
    })
    .map(({ notify, ...rest }): RecipientState => ({ ...rest, ...(notify ? { notify } : {}) }));
  const anyOutcome: fc.Arbitrary<Outcome> = fc
    .record({
      recipient: fc.constantFrom(...addresses, 'stranger@x'),
      kind: fc.constantFrom<OutcomeKind>('relayed', 'deferred', 'bounced'),
      reply: fc.constantFrom(ok, later, never, replies.localFault),
      host: fc.option(fc.constant('mx.x'), { nil: undefined }),
    })
    .map(({ host, ...rest }) => ({ ...rest, ...(host === undefined ? {} : { host }) }));
  const scene = fc.record({
    recipients: fc.array(recipient, { minLength: 1, maxLength: 6 }),
    outcomes: fc.array(anyOutcome, { maxLength: 8 }),
    age: fc.nat(6 * day),
    reversePath: fc.constantFrom('', 'sender@example.com'),
    takesDsn: fc.boolean(),
  });
  type Scene = typeof scene extends fc.Arbitrary<infer T> ? T : never;
  const play = ({ recipients, outcomes, age, reversePath, takesDsn }: Scene) => {
    const entry = entryOf({ recipients, reversePath });
    const now = receivedAt + age;
    return { entry, now, settlement: settle(entry, outcomes, { now, takesDsn: () => takesDsn }) };
  };

  it('loses no recipient: the entry goes only when none is open, and else holds them all in order', () => {
    fc.assert(
      fc.property(scene, (drawn) => {
        const { entry, settlement } = play(drawn);
        const wereOpen = entry.recipients.filter(({ status }) => status === 'queued');
        if (settlement.next) {
          const after = settlement.next.recipients;
          expect(after.map(({ address }) => address)).to.deep.equal(
            entry.recipients.map(({ address }) => address),
          );
          expect(after.some(({ status }) => status === 'queued')).to.equal(true);
          return;
        }
        const relayed = wereOpen.filter(
          ({ address }) =>
            drawn.outcomes.findLast(({ recipient }) => recipient === address)?.kind === 'relayed',
        );
        expect(relayed.length + settlement.bounced.length).to.equal(wereOpen.length);
      }),
    );
  });

  it('leaves final recipients as they are', () => {
    fc.assert(
      fc.property(scene, (drawn) => {
        const { entry, settlement } = play(drawn);
        entry.recipients.forEach((before, index) => {
          if (before.status !== 'queued' && settlement.next)
            expect(settlement.next.recipients[index]).to.equal(before);
        });
        const told = settlement.notices.flatMap(({ recipients }) => recipients);
        const open = entry.recipients.filter(({ status }) => status === 'queued');
        expect(told.length).to.be.at.most(open.length);
      }),
    );
  });

  it('bounces only by a permanent reply or by expiry with an answer from elsewhere', () => {
    fc.assert(
      fc.property(scene, (drawn) => {
        const { entry, now, settlement } = play(drawn);
        for (const { last } of settlement.bounced) {
          const byOthers = last?.host !== undefined || last?.reply === later;
          const expired = now >= entry.expiresAt && (byOthers || last?.reply === ok);
          expect(last?.reply === never || expired).to.equal(true);
        }
      }),
    );
  });

  it('puts every attempt off to a time not yet come', () => {
    fc.assert(
      fc.property(scene, (drawn) => {
        const { entry, now, settlement } = play(drawn);
        settlement.next?.recipients.forEach((after, index) => {
          if (after.status === 'queued' && after !== entry.recipients[index] && after.last)
            expect(after.dueAt).to.be.greaterThan(now);
        });
      }),
    );
  });

  it('changes nothing when nothing was tried and no warning is due', () => {
    fc.assert(
      fc.property(scene, (drawn) => {
        const { entry, settlement } = play({ ...drawn, outcomes: [], age: 0 });
        expect(settlement.notices).to.be.empty;
        if (settlement.next) expect(settlement.next).to.deep.equal(entry);
        else expect(entry.recipients.every(({ status }) => status !== 'queued')).to.equal(true);
      }),
    );
  });

  it('repeats no notice when the stored result is settled again', () => {
    fc.assert(
      fc.property(scene, (drawn) => {
        const { now, settlement } = play(drawn);
        if (settlement.next) expect(settle(settlement.next, [], { now }).notices).to.be.empty;
      }),
    );
  });
});
