import { expect } from 'chai';
import fc from 'fast-check';
import { describe, it } from 'mocha';
import { countsOf, formatCounts, parseCounts } from './counts.ts';
import { SuiteOutput } from './suite-output.ts';

const suites = '\n\n  one\n    ✔ a\n\n  two\n    1) b\n\n';
const summary = '\n  1 passing (7s)\n  1 failing\n\n  1) two\n       b:\n     Error: no\n\n';
const closing = '1 passed, 1 failed\n';

const shown = (pieces: readonly string[]) => {
  const printed: string[] = [];
  const output = new SuiteOutput((text) => printed.push(text));
  for (const piece of pieces) output.take(piece);
  return { printed, ...output.end() };
};

describe('the output of one of several mocha processes', () => {
  it('is suites, then a summary, then the closing line, however it is cut', () => {
    const cuts = fc.array(fc.nat((suites + summary + closing).length));
    fc.assert(
      fc.property(cuts, (places) => {
        const text = suites + summary + closing;
        const at = [0, ...places.sort((a, b) => a - b), text.length];
        const { printed, ...end } = shown(at.slice(1).map((place, n) => text.slice(at[n], place)));
        expect(printed.join('').trim()).to.equal(suites.trim());
        expect(end).to.deep.equal({
          summary: summary.replace(/^\n/, '').trimEnd(),
          last: closing.trimEnd(),
        });
      }),
    );
  });

  it('prints a suite once it is over', () => {
    expect(shown(['\n\n  one\n    ✔ a\n']).printed.join('').trim()).to.equal('');
    expect(shown(['\n\n  one\n    ✔ a\n', '\n']).printed.join('').trim()).to.equal('one\n    ✔ a');
  });

  it('finds the summary in colour', () => {
    const { printed, last } = shown([
      '  one\n\n\u001b[92m \u001b[0m\u001b[32m 2 passing\u001b[0m\n\n',
      '2 passed, 0 failed\n',
    ]);
    expect(printed.join('')).to.equal('  one\n\n');
    expect(last).to.equal('2 passed, 0 failed');
  });
});

describe('the counts of a run', () => {
  it('are read as they are written', () => {
    for (const counts of [
      { passed: 3, failed: 0, skipped: 0 },
      { passed: 3, failed: 2, skipped: 1 },
    ])
      expect(parseCounts(formatCounts(counts))).to.deep.equal(counts);
  });

  it('have a failure when the process ended before it could count, or badly', () => {
    expect(countsOf('Node.js v26', 1)).to.deep.equal({ passed: 0, failed: 1, skipped: 0 });
    expect(countsOf('3 passed, 0 failed', null)).to.include({ passed: 3, failed: 1 });
    expect(countsOf('3 passed, 2 failed', 2)).to.include({ passed: 3, failed: 2 });
  });
});
