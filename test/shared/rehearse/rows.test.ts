import type { Sent, Verdict } from '@mailpair/shared/loopback/ledger';
import { rowsOf, senderRowsOf } from '@mailpair/shared/rehearse/rows';
import { expect } from 'chai';
import { describe, it } from 'mocha';

const verdict = (facts: Partial<Verdict>, sent: Partial<Sent> = {}): Verdict => ({
  sent: { direction: 'in', slot: 'steady', sender: 'postfix', ...sent } as Sent,
  recipient: 'anna@example.com',
  fate: 'arrived',
  altered: false,
  duplicates: 0,
  inFlight: 0,
  ...facts,
});

describe('the table of a rehearsal', () => {
  it('has a row for each slot and direction with mail, then those of all', () => {
    const rows = rowsOf(
      [verdict({}), verdict({}, { slot: 'disk' }), verdict({}, { slot: 'disk', direction: 'out' })],
      ['steady', 'disk'],
    );
    expect(rows.map(({ slot, direction, recipients }) => [slot, direction, recipients])).to.deep.equal([
      ['steady', 'in', 1],
      ['disk', 'in', 1],
      ['disk', 'out', 1],
      ['all', 'in', 2],
      ['all', 'out', 1],
    ]);
  });

  it('has a row for each kind of sender', () => {
    const rows = senderRowsOf([verdict({}), verdict({}, { sender: 'qmail' }), verdict({})]);
    expect(rows.map(({ sender, recipients }) => [sender, recipients])).to.deep.equal([
      ['postfix', 2],
      ['qmail', 1],
    ]);
  });
});
