import { readOldJournal } from '@mailpair/shared/spool/store/journal-record-v1';
import { expect } from 'chai';
import { describe, it } from 'mocha';
import { oldJournal, type OldChange } from '../../../support/old-journal.ts';

const [salt, otherSalt] = [Buffer.alloc(16, 1), Buffer.alloc(16, 2)];
const first: OldChange[] = [{ table: 0, key: 'id', value: Buffer.from('entry') }];
const second: OldChange[] = [
  { table: 1, key: 'gone', value: null },
  { table: 1, key: 'empty', value: Buffer.alloc(0) },
];
const third: OldChange[] = [{ table: 0, key: 'third', value: oldJournal(9, otherSalt, [first]) }];
const batches = [first, second, third].map((changes) => ({ isWhole: true, changes }));

describe('A journal in its first format', () => {
  const whole = oldJournal(7, salt, [first, second, third]);

  it('gives back its commits, and none of what lies behind them', () => {
    const behind = oldJournal(5, otherSalt, [first, first, first, first]).subarray(50);
    for (const file of [whole, Buffer.concat([whole, Buffer.alloc(100)]), Buffer.concat([whole, behind])])
      expect(readOldJournal(file)).to.deep.equal({ generation: 7, batches, holes: [] });
  });

  it('gives back those behind a damaged one, and none that a message contains', () => {
    const [from, to] = [oldJournal(7, salt, [first]).length, oldJournal(7, salt, [first, second]).length];
    for (let at = from; at < to; at += 1) {
      const spoilt = Buffer.from(whole);
      spoilt[at]! ^= 1;
      expect(readOldJournal(spoilt), `octet ${at}`).to.deep.equal({
        generation: 7,
        batches: [batches[0], batches[2]],
        holes: [{ from, to, isLast: false }],
      });
    }
    const last = Buffer.from(whole);
    last[to + 4]! ^= 1;
    expect(readOldJournal(last)).to.deep.equal({ generation: 7, batches: batches.slice(0, 2), holes: [] });
  });

  it('is none of a file that does not begin with a record', () => {
    for (const file of [Buffer.alloc(0), Buffer.alloc(100), whole.subarray(1), whole.subarray(0, 45)])
      expect(readOldJournal(file)).to.equal(undefined);
  });
});
