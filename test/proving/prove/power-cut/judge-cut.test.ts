import type { Taken } from '@mailpair/proving/loopback/ledger';
import { judgeCut } from '@mailpair/proving/prove/power-cut/judge-cut';
import { expect } from 'chai';
import { describe, it } from 'mocha';

const sent = { id: 'm1', recipients: ['a@x', 'b@x'], digest: 'right' };
const kept = { id: 'm1', digest: 'right', recipients: ['a@x', 'b@x'] };
const cut = { at: 100, atMs: 5000 };
const taken = (at: number): Taken[] => [
  { id: 'm1', to: ['a@x', 'b@x'], digest: 'right', at, gateway: 'g', server: 's' },
];
const judge = (messages: readonly (typeof kept)[], arrived: readonly Taken[] = [], at = 50) =>
  judgeCut(cut, { kept: messages, damaged: [] }, [{ sent, at }], arrived);

describe('what a power cut cost', () => {
  it('is nothing where every recipient is kept, or has it', () => {
    expect(judge([kept])).to.deep.equal({ lost: 0, duplicated: 0, inFlight: 0, faults: [] });
    expect(judge([], taken(4000))).to.deep.equal({ lost: 0, duplicated: 0, inFlight: 0, faults: [] });
  });

  it('is each recipient that is neither, of what was acknowledged before', () => {
    expect(judge([{ ...kept, recipients: ['a@x'] }])).to.deep.include({
      lost: 1,
      faults: ['lost: message m1 for b@x'],
    });
    expect(judge([])).to.include({ lost: 2 });
    expect(judge([], taken(6000)), 'after the cut').to.include({ lost: 2 });
    expect(judge([], [], 100), 'its 250 had not left').to.include({ lost: 0 });
  });

  it('is each copy that comes again, but for what was under way', () => {
    expect(judge([kept], taken(4900))).to.deep.include({ duplicated: 0, inFlight: 2, faults: [] });
    expect(judge([kept], taken(1000))).to.include({ duplicated: 2, inFlight: 0 });
    expect(judge([kept, kept])).to.include({ duplicated: 2 });
  });

  it('is what was altered or set aside', () => {
    expect(judge([{ ...kept, digest: 'wrong' }]).faults).to.include.members([
      'altered: message m1 for a@x',
      'lost: message m1 for a@x',
    ]);
    expect(judgeCut(cut, { kept: [], damaged: ['1: no body'] }, [], []).faults).to.deep.equal([
      'set aside: 1: no body',
    ]);
  });
});
