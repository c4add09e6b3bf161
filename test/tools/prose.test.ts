import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect } from 'chai';
import { describe, it } from 'mocha';
import { phraseCounts, proseOf, proseOfCheckout } from '../../tools/prose.ts';
import { checkout } from '../support/checkout.ts';

const source = [
  '/** The first line,',
  ' * and the second. */',
  "const a = 'no // comment'; // at the end",
  'const b = 1;',
  '  // alone',
].join('\n');

describe('Plain English', () => {
  it('is looked for in documents and in the comments of source files', () => {
    expect(proseOf('a.md', 'one\n  two')).to.equal('one two');
    expect(proseOf('a.ts', source)).to.equal(
      "The first line, and the second. */ comment'; // at the end alone",
    );
  });

  it('lacks each whole phrase that is found, also over the end of a line and in capitals', () => {
    const prose = [proseOf('a.md', 'Of\nwhich of which'), proseOf('b.md', 'so manyfold, so many')];
    expect(phraseCounts(['of which', 'so many'], prose)).to.deep.equal({ 'of which': 2, 'so many': 1 });
  });

  it('has no more of these phrases than before; lower the limits in tools/prose-limits.json as they fall', () => {
    const limits = JSON.parse(readFileSync(join(checkout, 'tools/prose-limits.json'), 'utf8')) as object;
    const prose = proseOfCheckout(checkout);
    expect(prose.length).to.be.above(1_000);
    expect(phraseCounts(Object.keys(limits), prose)).to.deep.equal(limits);
  });
});
