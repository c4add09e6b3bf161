import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect } from 'chai';
import { afterEach, beforeEach, describe, it } from 'mocha';
import type { CapacityReport } from '@mailpair/mailpair/capacity/report';
import { formatMeasured, MEASURED_FILE, type Measured } from '@mailpair/shared/gateway/pair/measured';
import { mailpair, type Said } from '../command.ts';

const role = {
  secondsPerMessage: 0.01,
  secondsFixed: 0.01,
  secondsPerMegabyte: 0,
  memoryBytes: 100 * 1024 ** 2,
};
const measured: Measured = {
  measuredAt: '2026-05-01T10:00:00.000Z',
  cores: 2,
  inbound: role,
  outbound: { ...role, secondsPerMessage: 0.02, secondsFixed: 0.02 },
};

describe('mailpair capacity', () => {
  let directory: string;

  beforeEach(() => {
    directory = mkdtempSync(join(tmpdir(), 'mailpair-cli-capacity-'));
    writeFileSync(
      join(directory, 'mailpair.yaml'),
      `
domains: [example.com]
inbound: { host: mx-in.example.com, spool: ${directory}/in, workers: 2 }
outbound: { host: mx-out.example.com, spool: ${directory}/out, workers: 1, trusted: [10.0.0.0/24] }
localServers: ["mail.internal:25"]
`,
    );
  });
  afterEach(() => rmSync(directory, { recursive: true }));

  const capacity = (words: string): Promise<Said> =>
    mailpair(['capacity', '--config', join(directory, 'mailpair.yaml'), ...words.split(' ')]);

  function store(role: 'in' | 'out', changes: Partial<Measured> = {}): void {
    mkdirSync(join(directory, role));
    writeFileSync(join(directory, role, MEASURED_FILE), formatMeasured({ ...measured, ...changes }));
  }

  for (const [words, says] of [
    ['--seconds 1', '--seconds takes a number of 4 or more, not 1'],
    ['--messages-per-day many', '--messages-per-day takes a number above 0, not many'],
    ['--stored --messages-per-day 5 --peak 0.5', '--peak takes a number of 1 or more'],
    ['--peak 5', '--peak goes with --messages-per-day'],
    ['--sizes 5=KB', '--sizes: sizes are like 4KB=70'],
    ['--stored --seconds 10', '--stored does not measure'],
    ['inbound', 'one argument too many'],
  ] as const)
    it(`refuses ${words}`, async () => {
      const { code, out, err } = await capacity(words);
      expect([code, out]).to.deep.equal([2, '']);
      expect(err).to.include(says).and.include('usage: mailpair capacity');
    });

  it('says where it looked when nothing was measured, or what is there is no good', async () => {
    mkdirSync(join(directory, 'in'));
    writeFileSync(join(directory, 'in', MEASURED_FILE), '{}');
    const { code, err } = await capacity('--stored');
    expect(code).to.equal(2);
    expect(err).to.include(`there is no valid capacity.json in ${directory}/in or ${directory}/out`);
  });

  it('tells the newest of what was measured, with the workers of the configuration', async () => {
    store('in');
    store('out', { measuredAt: '2026-05-02T10:00:00.000Z', cores: 4 });
    const { code, out } = await capacity('--stored');
    expect(code).to.equal(0);
    expect(out).to.include('measured 2026-05-02 10:00 UTC, 4.00 cores');
    expect(out).to.include('as inbound: 200 messages/s with 2 workers; 10 ms of CPU a message');
    expect(out).to.include('as outbound: 50 messages/s with 1 worker; 20 ms of CPU a message');
    expect(out).not.to.include('needs');
  });

  it('says what so much mail needs, and what each host carries alone', async () => {
    store('in');
    const mail = '--messages-per-day 864000 --submissions-per-day 432000 --peak 10 --sizes 100KB=1';
    const { code, out } = await capacity(`--stored ${mail} --other-per-second 50 --json`);
    expect(code).to.equal(0);
    const { inbound, outbound, alone } = JSON.parse(out) as CapacityReport;
    // 100 messages a second of 10 ms, and 50 of 20 ms: a core each, and 1.25 within the budget of 0.8.
    expect(inbound.needs).to.include({ peakPerSecond: 100, workers: 2 });
    expect(inbound.needs!.cores).to.be.closeTo(1.25, 1e-9);
    expect(outbound.needs).to.include({ peakPerSecond: 50, workers: 2 });
    expect(alone!.thisHost).to.be.closeTo(0.8, 1e-9);
    expect(alone!.otherHost).to.be.closeTo(0.4, 1e-9);
  });

  it('says how to learn what the other host carries when nobody knows', async () => {
    store('in');
    const { code, out } = await capacity('--stored --messages-per-day 1000');
    expect(code).to.equal(0);
    expect(out).to.include('the other host alone: not known; run "mailpair capacity" there');
  });
});
