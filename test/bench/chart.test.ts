import { expect } from 'chai';
import { describe, it } from 'mocha';
import { composeChart } from '../../bench/chart.ts';
import type { Result } from '../../bench/result.ts';

const idle = (name: string, bytes: number) => ({
  name,
  isReference: false,
  connections: 10,
  bytesPerConnection: bytes,
  anonymousBytesPerConnection: bytes,
  totalBytes: bytes,
});

const result: Result = {
  measuredAt: '2026-01-02T03:04:05.000Z',
  isQuick: false,
  machine: {
    processor: 'A & B <processor>',
    cores: 2,
    memoryGb: 4,
    system: 'Debian',
    kernel: '6.1',
    fileSystem: 'ext4',
    loadBefore: 0,
  },
  versions: ['Ours 1.0', 'Theirs 1.0'],
  generator: 'smtp-source',
  sink: 'smtp-sink',
  scenarios: [],
  accepts: [],
  idle: [idle('Mailpair inbound', 5 * 1024), idle('Postfix before-queue proxy', 1000 * 1024)],
  notes: [],
};

const widthsOf = (chart: string): Partial<Record<string, number>> =>
  Object.fromEntries<number>(
    [...chart.matchAll(/<rect class="(\w+)" x=.* width="([\d.]+)" height="10"/g)].map(([, name, width]) => [
      name!,
      Number(width),
    ]),
  );

describe('The chart of the bench', () => {
  it('draws bars in proportion, and the least of them still to be seen', () => {
    const { Mailpair, Postfix } = widthsOf(composeChart(result));
    expect(Postfix).to.be.greaterThan(150);
    expect(Mailpair).to.be.closeTo(Postfix! / 200, 0.1);
  });

  it('writes the figure beside the bar', () => {
    expect(composeChart(result)).to.include('>5 KB</text>').and.include('>1000 KB</text>');
  });

  it('is well-formed whatever the names say', () => {
    const chart = composeChart(result);
    expect(chart).to.include('A &amp; B &lt;processor&gt;').and.not.include('A & B');
    const open = chart.match(/<[a-z]+\b[^>]*(?<!\/)>/g) ?? [];
    const closed = chart.match(/<\/[a-z]+>/g) ?? [];
    expect(open).to.have.lengthOf(closed.length);
  });

  it('has colours for the dark and the light', () => {
    expect(composeChart(result)).to.include('prefers-color-scheme:dark');
  });
});
