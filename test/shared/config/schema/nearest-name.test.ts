import { expect } from 'chai';
import fc from 'fast-check';
import { describe, it } from 'mocha';
import { editDistance, nearestName } from '@mailpair/shared/config/schema/nearest-name';

describe('nearest name', () => {
  it('counts an insertion, a deletion, a replacement and a swap of neighbours as one edit each', () => {
    expect(editDistance('host', 'hosts')).to.equal(1);
    expect(editDistance('hosst', 'host')).to.equal(1);
    expect(editDistance('hast', 'host')).to.equal(1);
    expect(editDistance('hsot', 'host')).to.equal(1);
    expect(editDistance('', 'host')).to.equal(4);
  });

  it('is a distance: none to itself, the same both ways, at most the longer length', () => {
    const word = fc.string({ maxLength: 8, unit: fc.constantFrom('a', 'b', 'c') });
    fc.assert(
      fc.property(word, word, (a, b) => {
        const distance = editDistance(a, b);
        expect(distance).to.equal(editDistance(b, a));
        expect(distance === 0).to.equal(a === b);
        expect(distance).to.be.at.most(Math.max(a.length, b.length));
      }),
    );
  });

  it('finds what was meant, without regard to case', () => {
    expect(nearestName('maxMesage', ['maxHops', 'maxMessage'])).to.equal('maxMessage');
    expect(nearestName('MAXMESSAGE', ['maxHops', 'maxMessage'])).to.equal('maxMessage');
  });

  it('takes the first of equally near names', () => {
    expect(nearestName('hot', ['host', 'shot'])).to.equal('host');
  });

  it('compares with no name that is more than three characters shorter or longer', () => {
    const letters: string[] = [];
    // What lower-cases a name is about to compare it.
    const known = (name: string): string =>
      Object.assign(new String(name), {
        toLowerCase: () => (letters.push(name), name.toLowerCase()),
      }) as unknown as string;
    expect(nearestName('host'.repeat(4_000), ['host', 'hosts'].map(known))).to.equal(undefined);
    expect(nearestName('hos', ['h'.repeat(4_000), 'host'].map(known))).to.have.property('length', 4);
    expect(letters).to.deep.equal(['host']);
  });

  it('finds nothing when more than three edits are needed, or the whole word', () => {
    expect(nearestName('abcdefgh', ['abcd'])).to.equal(undefined);
    expect(nearestName('abcdefg', ['abcd'])).to.equal('abcd');
    expect(nearestName('xyz', ['abc'])).to.equal(undefined);
  });
});
