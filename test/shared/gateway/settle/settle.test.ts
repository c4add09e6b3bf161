import type { Entry, RecipientState } from '@mailpair/shared/platform/values/entry';
import type { Settlement } from '@mailpair/shared/gateway/settle/settle';
import type { Notify } from '@mailpair/shared/platform/values/envelope';
import type { Outcome } from '@mailpair/shared/platform/values/outcome';
import { replies, type Reply } from '@mailpair/shared/platform/values/reply';
import { expect } from 'chai';
import { describe, it } from 'mocha';
import { later, never, ok, outcome, pause, settle } from './attempts.ts';
import * as entries from './entries.ts';
import { day, hour, receivedAt, recipientOf } from './entries.ts';

const noticesOf = ({ notices }: Settlement): Record<string, string[]> =>
  Object.fromEntries(notices.map(({ kind, recipients }) => [kind, recipients.map(({ address }) => address)]));

const fromStranger = entries.entryOf().origin;

/** Sent by a submitter. */
const entryOf = (overrides: Partial<Entry> = {}): Entry =>
  entries.entryOf({ origin: { ...fromStranger, submitter: fromStranger.client }, ...overrides });

const entryFor = (...recipients: Partial<RecipientState>[]): Entry =>
  entryOf({ recipients: recipients.map((recipient) => recipientOf(recipient)) });

describe('settlement of an attempt', () => {
  it('removes the entry when every recipient is relayed, and says nothing', () => {
    const settlement = settle(entryOf(), [outcome('relayed', ok)]);
    expect(settlement).to.deep.equal({ next: null, bounced: [], delayed: [], relayed: [], notices: [] });
  });

  it('keeps a deferred recipient queued, counts the attempt and keeps the reply', () => {
    const { next, notices } = settle(entryFor({ attempts: 2 }), [outcome('deferred', later)]);
    expect(next?.recipients).to.deep.equal([
      recipientOf({
        attempts: 3,
        dueAt: receivedAt + 60_000 + 3 * pause,
        last: { reply: later, host: 'mx.example.net', at: receivedAt + 60_000 },
      }),
    ]);
    expect(notices).to.be.empty;
  });

  it('bounces on a permanent reply and tells the sender', () => {
    const settlement = settle(entryOf(), [outcome('bounced', never)]);
    expect(settlement.next).to.equal(null);
    expect(settlement.bounced[0]).to.include({ status: 'bounced', attempts: 1 });
    expect(settlement.notices).to.deep.equal([{ kind: 'failed', recipients: settlement.bounced }]);
  });

  it('settles each recipient on its own', () => {
    const entry = entryFor({ address: 'a@x' }, { address: 'b@x' }, { address: 'c@x' }, { address: 'd@x' });
    const { next, bounced } = settle(entry, [
      outcome('relayed', ok, { recipient: 'a@x' }),
      outcome('bounced', never, { recipient: 'b@x' }),
      outcome('deferred', later, { recipient: 'c@x' }),
    ]);
    expect(next?.recipients.map(({ status }) => status)).to.deep.equal([
      'relayed',
      'bounced',
      'queued',
      'queued',
    ]);
    expect(next?.recipients[3]).to.equal(entry.recipients[3]);
    expect(bounced.map(({ address }) => address)).to.deep.equal(['b@x']);
  });

  it('goes by the last outcome when several hosts were tried for a recipient', () => {
    const { next } = settle(entryOf(), [outcome('deferred', later), outcome('relayed', ok)]);
    expect(next).to.equal(null);
  });

  describe('doubt', () => {
    it('is a deferral: what is called bounced without a permanent reply stays queued', () => {
      const { next, bounced } = settle(entryOf(), [outcome('bounced', later)]);
      expect(next?.recipients[0]?.status).to.equal('queued');
      expect(bounced).to.be.empty;
    });

    it('of this host outlives expiry: a local fault is never a bounce', () => {
      const now = receivedAt + 6 * day;
      const { recipient, kind, reply } = outcome('deferred', replies.localFault);
      const { next, bounced } = settle(entryOf(), [{ recipient, kind, reply }], { now });
      expect(bounced).to.be.empty;
      expect(next?.recipients[0]).to.include({ status: 'queued', dueAt: now + pause });
    });
  });

  describe('expiry', () => {
    const now = receivedAt + 5 * day;

    it('bounces a deferred recipient, keeping the last reply for the sender', () => {
      const settlement = settle(entryOf(), [outcome('deferred', later)], { now });
      expect(settlement.next).to.equal(null);
      expect(settlement.bounced[0]?.last?.reply).to.equal(later);
      expect(noticesOf(settlement)).to.deep.equal({ failed: ['user@example.net'] });
    });

    for (const enhanced of ['4.4.1', '4.3.2']) {
      it(`counts a next hop that is away or takes nothing as a reason, in our words (${enhanced})`, () => {
        const reply: Reply = { code: 451, enhanced, text: 'No answer' };
        const silent: Outcome = { recipient: 'user@example.net', kind: 'deferred', reply };
        expect(settle(entryOf(), [silent], { now }).bounced).to.have.length(1);
      });
    }

    it('spares a recipient that was not tried in this attempt', () => {
      const entry = entryFor({ address: 'a@x' }, { address: 'b@x' });
      const { next } = settle(entry, [outcome('deferred', later, { recipient: 'a@x' })], { now });
      expect(next?.recipients.map(({ status }) => status)).to.deep.equal(['bounced', 'queued']);
    });

    it('is met by a last attempt and not overshot by a pause', () => {
      const { next } = settle(entryOf(), [outcome('deferred', later)], { now: now - 1000 });
      expect(next?.recipients[0]?.dueAt).to.equal(now);
    });
  });

  describe('notices', () => {
    const failureIsTold: [Notify[] | undefined, boolean][] = [
      [undefined, true],
      [['failure'], true],
      [['success', 'failure'], true],
      [['never'], false],
      [['success', 'delay'], false],
    ];
    for (const [notify, told] of failureIsTold) {
      it(`of failure ${told ? 'go out' : 'stay in'} with NOTIFY ${notify?.join(',') ?? 'absent'}`, () => {
        const settlement = settle(entryFor(notify ? { notify } : {}), [outcome('bounced', never)]);
        expect(settlement.bounced).to.have.length(1);
        expect(noticesOf(settlement)).to.deep.equal(told ? { failed: ['user@example.net'] } : {});
      });
    }

    it('never go to a null reverse-path', () => {
      const now = receivedAt + 4 * hour;
      const entry = entryOf({
        reversePath: '',
        recipients: ['a@x', 'b@x', 'c@x'].map((address) =>
          recipientOf({ address, notify: ['success', 'failure', 'delay'] }),
        ),
      });
      const outcomes = [
        outcome('bounced', never, { recipient: 'a@x' }),
        outcome('deferred', later, { recipient: 'b@x' }),
        outcome('relayed', ok, { recipient: 'c@x' }),
      ];
      const settlement = settle(entry, outcomes, { now, takesDsn: () => false });
      expect(settlement).to.deep.include({ delayed: [], relayed: [], notices: [] });
      expect(settlement.bounced).to.have.length(1);
      expect(settlement.next?.recipients[1]).not.to.have.property('warned');
    });

    it('warn of delay once, and tell of all open recipients together', () => {
      const now = receivedAt + 4 * hour;
      const entry = entryFor({ address: 'a@x' }, { address: 'b@x' });
      const first = settle(entry, [outcome('deferred', later, { recipient: 'a@x' })], { now });
      expect(noticesOf(first)).to.deep.equal({ delayed: ['a@x', 'b@x'] });
      expect(first.next?.recipients.map(({ warned }) => warned)).to.deep.equal([true, true]);

      const second = settle(first.next ?? entry, [outcome('deferred', later, { recipient: 'a@x' })], {
        now: now + hour,
      });
      expect(second).to.deep.include({ delayed: [], notices: [] });
    });

    it('do not warn a stranger, whose reverse-path may be forged, but tell it of failure', () => {
      const entry = entryOf({ origin: fromStranger });
      const late = settle(entry, [outcome('deferred', later)], { now: receivedAt + 4 * hour });
      expect(late).to.deep.include({ delayed: [], notices: [] });
      const failed = settle(entry, [outcome('bounced', never)]);
      expect(noticesOf(failed)).to.deep.equal({ failed: ['user@example.net'] });
    });

    it('do not warn before the time', () => {
      const { delayed } = settle(entryOf(), [outcome('deferred', later)], { now: receivedAt + 4 * hour - 1 });
      expect(delayed).to.be.empty;
    });

    it('do not warn of what has just become final', () => {
      const now = receivedAt + 4 * hour;
      expect(settle(entryOf(), [outcome('relayed', ok)], { now }).delayed).to.be.empty;
      expect(settle(entryOf(), [outcome('bounced', never)], { now }).delayed).to.be.empty;
    });

    for (const notify of [['failure'], ['never'], ['success']] satisfies Notify[][]) {
      it(`do not warn with NOTIFY ${notify.join(',')}`, () => {
        const now = receivedAt + 4 * hour;
        const { next, delayed } = settle(entryFor({ notify }), [outcome('deferred', later)], { now });
        expect(delayed).to.be.empty;
        expect(next?.recipients[0]).not.to.have.property('warned');
      });
    }

    it('confirm relaying when success was asked for and the next hop takes no DSN', () => {
      const entry = entryFor({ notify: ['success'] });
      const settlement = settle(entry, [outcome('relayed', ok)], { takesDsn: () => false });
      expect(noticesOf(settlement)).to.deep.equal({ relayed: ['user@example.net'] });
      expect(settlement.relayed).to.have.length(1);
    });

    it('leave confirming to a next hop that takes DSN', () => {
      const entry = entryFor({ notify: ['success'] });
      expect(settle(entry, [outcome('relayed', ok)], { takesDsn: () => true }).notices).to.be.empty;
    });

    it('do not confirm unasked', () => {
      expect(settle(entryOf(), [outcome('relayed', ok)], { takesDsn: () => false }).notices).to.be.empty;
    });
  });
});
