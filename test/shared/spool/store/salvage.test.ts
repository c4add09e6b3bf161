import { takeIntact } from '@mailpair/shared/spool/store/salvage';
import { expect } from 'chai';
import { describe, it } from 'mocha';

const numbers = { entries: 0, bodies: 1, files: 2, damaged: 5 };
const LANES = 3;
const put = (table: number, key: string) => ({ table, key, value: Buffer.from('x') });
const remove = (table: number, key: string) => ({ table, key, value: null });
const none = (): boolean => false;

describe('What is taken of a damaged commit', () => {
  it('is a message with entry and body, wherever the body is', () => {
    const changes = [put(0, 'a'), put(0, 'b'), put(1, 'a'), put(2, 'b')];
    expect(takeIntact(changes, numbers, none)).to.deep.equal(changes);
  });

  it('is neither an entry without a body nor a body without an entry', () => {
    expect(takeIntact([put(0, 'a'), put(1, 'b'), put(2, 'c')], numbers, none)).to.deep.equal([]);
  });

  it('is the new state of an entry that has its body already', () => {
    expect(takeIntact([put(0, 'a')], numbers, (id) => id === 'a')).to.deep.equal([put(0, 'a')]);
  });

  it('is a removal of entry and body, and not of one of them', () => {
    const both = [remove(0, 'a'), remove(1, 'a'), remove(0, 'b'), remove(2, 'b')];
    expect(takeIntact(both, numbers, none)).to.deep.equal(both);
    expect(takeIntact([remove(0, 'a'), remove(1, 'b'), remove(2, 'c')], numbers, none)).to.deep.equal([]);
  });

  it('is what was set aside, and nothing of the index', () => {
    expect(takeIntact([put(5, 'a'), put(LANES, 'k'), remove(LANES, 'l')], numbers, none)).to.deep.equal([
      put(5, 'a'),
    ]);
  });
});
