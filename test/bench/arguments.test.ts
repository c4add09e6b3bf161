import { expect } from 'chai';
import { describe, it } from 'mocha';
import { readArguments } from '../../bench/arguments.ts';
import { parts, scenariosOf } from '../../bench/scenarios.ts';

describe('The command line of the bench', () => {
  it('runs every part when it is told nothing', () => {
    expect(readArguments([]).parts).to.deep.equal(parts);
  });

  it('takes some of the parts, in the order in which they are run', () => {
    expect(readArguments(['--only', 'idle,new']).parts).to.deep.equal(['new', 'idle']);
  });

  it('takes the directory of another checkout to be compared with', () => {
    expect(readArguments(['--beside', '../before']).beside).to.equal('../before');
    expect(readArguments([]).beside).to.equal(null);
  });

  it('names the parts there are when it is asked for another', () => {
    expect(() => readArguments(['--only', 'new,old'])).to.throw('idle, not “old”');
  });

  it('has sizes for the parts that are measured with several', () => {
    const { sizesBytes } = readArguments(['--sizes', '1,2']);
    expect(scenariosOf('queue', sizesBytes).map(({ sizeBytes }) => sizeBytes)).to.deep.equal([1024, 2048]);
    expect(scenariosOf('large', sizesBytes).map(({ sizeBytes }) => sizeBytes)).to.deep.equal([
      5 * 2 ** 20,
      5 * 2 ** 20,
    ]);
  });
});
