import { expect } from 'chai';
import { describe, it } from 'mocha';
import { insertTable } from '../../bench/keep.ts';
import { fileSystemOf } from '../../bench/machine.ts';
import type { AcceptResult, CandidateResult, Result } from '../../bench/result.ts';
import { composeTables, formatRatio } from '../../bench/table.ts';

const one = (value: number) => ({ median: value, min: value / 2, max: value * 2 });

const candidate = (name: string, cpuMs: number, isReference: boolean): CandidateResult => ({
  name,
  isReference,
  rounds: 1,
  cpuMsPerMessage: one(cpuMs),
  messagesPerSecond: 1000,
  syncsPerMessage: 0.25,
  memory: { processes: 2, largestBytes: 30 * 2 ** 20, totalBytes: 13 * 2 ** 20 },
});

const accept = (name: string, sessions: number, ms: number): AcceptResult => ({
  kind: 'queue',
  name,
  isReference: false,
  sizeBytes: 4096,
  sessions,
  p50Ms: ms,
  p99Ms: ms * 4,
  messagesPerSecond: sessions / (ms / 1000),
  syncsPerMessage: 0.1,
});

const rowsOf = (text: string): string[][] =>
  text
    .split('\n')
    .filter((line) => line.startsWith('|'))
    .map((line) => line.split('|').map((cell) => cell.trim()));

const result: Result = {
  measuredAt: '2026-01-02T03:04:05.000Z',
  isQuick: false,
  machine: {
    processor: 'A processor',
    cores: 2,
    memoryGb: 4,
    system: 'Debian',
    kernel: '6.1',
    fileSystem: 'ext4',
    loadBefore: 0.1,
  },
  versions: ['Ours 1.0', 'Theirs 1.0'],
  generator: 'smtp-source',
  sink: 'smtp-sink',
  scenarios: [
    {
      kind: 'queue',
      sizeBytes: 51_200,
      sessions: 20,
      connections: 'new',
      tls: true,
      candidates: [candidate('Ours', 0.25, false), candidate('Theirs', 2, true)],
    },
  ],
  accepts: [accept('Ours', 1, 0.5), accept('Theirs', 1, 2), accept('Ours', 20, 3), accept('Theirs', 20, 9)],
  idle: [
    {
      name: 'Ours',
      isReference: false,
      connections: 10_000,
      bytesPerConnection: 6 * 1024,
      anonymousBytesPerConnection: 5 * 1024,
      totalBytes: 120 * 2 ** 20,
    },
  ],
  notes: ['A note'],
};

describe('The table of the bench', () => {
  it('compares the medians with the reference', () => {
    const rows = rowsOf(composeTables(result));
    expect(rows[2]?.slice(1, 10)).to.deep.equal([
      '50 KB, new connections, TLS',
      'Ours',
      '0.250',
      '0.125–0.500',
      '1/8.0',
      '1000',
      '0.25',
      '30',
      '13 in 2',
    ]);
    expect(rows[3]?.[5]).to.equal('1');
  });

  it('tells how long a client waits, by the number of sessions', () => {
    const rows = rowsOf(composeTables(result)).slice(4, 10);
    expect(rows.map((row) => row.slice(1, 5))).to.deep.equal([
      ['sessions', 'candidate', 'p50 ms', 'p99 ms'],
      ['--------', '---------', '-----:', '-----:'],
      ['1', 'Ours', '0.50', '2.00'],
      ['', 'Theirs', '2.00', '8.00'],
      ['20', 'Ours', '3.00', '12.00'],
      ['', 'Theirs', '9.00', '36.00'],
    ]);
    expect(rows[2]?.slice(5, 7)).to.deep.equal(['2000', '0.10']);
  });

  it('tells what an idle connection costs', () => {
    expect(rowsOf(composeTables(result)).at(-1)?.slice(1, 6)).to.deep.equal([
      'Ours',
      '10000',
      '6.0',
      '5.0',
      '120',
    ]);
  });

  it('says on what and with what it was measured', () => {
    const text = composeTables(result);
    for (const part of [
      '· 20 sessions',
      '2026-01-02',
      'Ours 1.0; Theirs 1.0',
      'A processor, 2 cores',
      '- A note',
    ])
      expect(text).to.include(part);
  });

  it('has no ratio without a reference', () => {
    const alone = { ...result.scenarios[0]!, candidates: [candidate('Ours', 0.25, false)] };
    expect(composeTables({ ...result, scenarios: [alone] })).not.to.match(/1\/\d/);
  });

  it('writes a ratio so that both ways are read at a glance', () => {
    expect([0.125, 1, 3].map(formatRatio)).to.deep.equal(['1/8.0', '1', '3.0']);
  });

  it('replaces what is between its marks in the README, and says when they are gone', () => {
    const readme = 'a\n<!-- table -->\nold\n<!-- end of table -->\nb\n';
    expect(insertTable(readme, 'new\n')).to.equal('a\n<!-- table -->\n\nnew\n\n<!-- end of table -->\nb\n');
    expect(() => insertTable('nothing', 'new')).to.throw('<!-- table -->');
  });
});

describe('The file system of a directory', () => {
  const mounts = ['/dev/sda / ext4 rw 0 0', 'tmpfs /tmp tmpfs rw 0 0', '/dev/sdb /tmpfiles xfs rw 0 0'].join(
    '\n',
  );

  it('is that of the mount that is nearest above it', () => {
    const found = ['/tmp', '/tmp/a', '/tmpfiles/b', '/var/tmp'].map((path) => fileSystemOf(path, mounts));
    expect(found).to.deep.equal(['tmpfs', 'tmpfs', 'xfs', 'ext4']);
  });
});
