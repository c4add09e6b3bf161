import { rowsOf, senderRowsOf } from '@mailpair/proving/rehearse/rows';
import { expect } from 'chai';
import { describe, it } from 'mocha';
import { verdict } from '../../support/verdict.ts';

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
