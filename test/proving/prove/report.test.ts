import { composeReport, formatFaults, formatReport } from '@mailpair/proving/prove/report';
import { passes, type RowResult } from '@mailpair/proving/prove/result';
import { expect } from 'chai';
import { describe, it } from 'mocha';

const result = (facts: Partial<RowResult> = {}): RowResult => ({
  name: 'outbound/kill/x',
  title: 'killed there',
  runs: 1,
  acknowledged: 40,
  arrived: 38,
  bounced: 2,
  lost: 0,
  duplicated: 0,
  inFlight: 3,
  altered: 0,
  faults: [],
  ...facts,
});
const notRun = result({
  name: 'outbound/disk',
  acknowledged: 0,
  arrived: 0,
  bounced: 0,
  inFlight: 0,
  notRun: 'no root',
});

describe('a proof', () => {
  it('passes when nothing is lost, twice, altered or otherwise wrong', () => {
    expect(passes(result())).to.equal(true);
    for (const wrong of [
      { lost: 1 },
      { duplicated: 1 },
      { altered: 1 },
      { faults: ['not reached'] },
      { notRun: 'no root' },
    ])
      expect(passes(result(wrong)), JSON.stringify(wrong)).to.equal(false);
    expect(composeReport([result()], 's').passed).to.equal(true);
    expect(composeReport([result(), result({ lost: 1 })], 's').passed).to.equal(false);
  });

  it('does not count rows that were not run, and does not pass on them alone', () => {
    expect(composeReport([result(), notRun], 's')).to.include({ passed: true });
    expect(composeReport([notRun], 's')).to.include({ passed: false });
    expect(formatReport(composeReport([result(), notRun], 's'))).to.include('; 1 row was not run');
  });

  it('shows a row for each way to fail and their sum', () => {
    const lines = formatReport(
      composeReport([result(), result({ name: 'inbound/kill/y', lost: 2 })], 's'),
    ).split('\n');
    expect(lines[0]!.split(/ {2,}/)).to.include.members(['row', 'acknowledged', 'lost', 'in flight']);
    expect(lines.slice(2, 5).map((line) => line.trim().split(/ {2,}/))).to.deep.equal([
      ['outbound/kill/x', '40', '38', '2', '0', '0', '3', 'passed'],
      ['inbound/kill/y', '40', '38', '2', '2', '0', '3', 'FAILED'],
      ['all', '80', '76', '4', '2', '0', '6', 'FAILED'],
    ]);
    expect(lines.at(-1)).to.equal('FAILED: lost 2, duplicated 0, altered 0');
  });

  it('adds up what a soak played several times', () => {
    const report = composeReport([result(), result({ faults: ['a', 'b'] })], 's');
    expect(report.rows).to.have.length(1);
    expect(report.rows[0]).to.deep.include({ runs: 2, acknowledged: 80, faults: ['a', 'b'] });
    expect(formatReport(report)).to.match(/^row +runs /);
  });

  it('tells what is wrong by row, and of many faults the first', () => {
    const faults = Array.from({ length: 8 }, (_, index) => `fault ${index}`);
    expect(
      formatFaults(composeReport([result(), result({ name: 'z', faults }), notRun], 's')).split('\n'),
    ).to.deep.equal([
      'z (killed there)',
      ...[0, 1, 2, 3, 4].map((index) => `  fault ${index}`),
      '  and 3 more',
      'outbound/disk (killed there)',
      '  not run: no root',
    ]);
  });
});
