import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect } from 'chai';
import { afterEach, beforeEach, describe, it } from 'mocha';
import {
  formatMeasured,
  MEASURED_FILE,
  parseMeasured,
  type Measured,
} from '@mailpair/shared/gateway/pair/measured';
import type { Work } from '@mailpair/shared/gateway/pair/message-cost';
import { COST_FILE, WorkMeter, type WorkMeterParts } from '@mailpair/shared/gateway/pair/work-meter';

const role = { secondsPerMessage: 0.01, secondsFixed: 0.009, secondsPerMegabyte: 0.1, memoryBytes: 9e7 };
const measured: Measured = {
  measuredAt: '2026-05-01T10:00:00.000Z',
  cores: 2,
  inbound: role,
  outbound: { ...role, secondsPerMessage: 0.02 },
};

describe('the meter of the work', () => {
  let directory: string;
  let now: number;
  let cpu: number;
  let faults: string[];
  const open: WorkMeter[] = [];

  beforeEach(() => {
    directory = mkdtempSync(join(tmpdir(), 'mailpair-work-'));
    [now, cpu, faults] = [0, 0, []];
  });
  afterEach(() => {
    for (const meter of open.splice(0)) meter.close();
    rmSync(directory, { recursive: true });
  });

  function meterOf(parts: Partial<WorkMeterParts> = {}): WorkMeter {
    const meter = new WorkMeter({
      role: 'inbound',
      directory,
      keeps: true,
      failed: (_error, file) => faults.push(file),
      cpuSeconds: () => cpu,
      now: () => now,
      ...parts,
    });
    open.push(meter);
    return meter;
  }

  /** Ten seconds, in each of which so many messages were accepted, for so much CPU time. */
  function work(meter: WorkMeter, messages: number, cpuSeconds: number, isDuty = true): void {
    for (let second = 0; second < 10; second += 1) {
      for (let count = 0; count < messages; count += 1) meter.accepted(isDuty);
      now += 1_000;
      cpu += cpuSeconds;
      meter.tick();
    }
  }

  it('knows nothing before the gateway was busy', () => {
    const meter = meterOf();
    work(meter, 1, 0.9);
    work(meter, 50, 0.01);
    expect(meter.costSeconds).to.equal(undefined);
  });

  it('learns in a busy interval, and knows it after a restart', () => {
    const meter = meterOf();
    work(meter, 50, 0.5);
    expect(meter.costSeconds).to.be.closeTo(0.01, 1e-9);
    expect(meterOf().costSeconds).to.equal(meter.costSeconds);
  });

  it('leaves the file to another worker where that keeps it', () => {
    work(meterOf({ keeps: false }), 50, 0.5);
    expect(meterOf().costSeconds).to.equal(undefined);
  });

  it('starts with what was measured for its role, and stays within half and twice of it', () => {
    writeFileSync(join(directory, MEASURED_FILE), formatMeasured(measured));
    expect(meterOf({ role: 'outbound' }).costSeconds).to.equal(0.02);
    const meter = meterOf();
    expect(meter.costSeconds).to.equal(0.01);
    for (let times = 0; times < 100; times += 1) work(meter, 3, 1);
    expect(meter.costSeconds).to.be.closeTo(0.02, 1e-4).and.at.most(0.02);
  });

  it('takes a measurement that is made while it runs', () => {
    const meter = meterOf();
    work(meter, 5, 1);
    expect(meter.costSeconds).to.equal(0.1);
    writeFileSync(join(directory, MEASURED_FILE), formatMeasured(measured));
    work(meter, 5, 1);
    expect(meter.costSeconds).to.equal(0.02);
  });

  it('counts what other workers did, and tells them what this one did', () => {
    const told: Work[] = [];
    const meter = meterOf({ tell: (own) => void told.push(own) });
    meter.add({ cpuSeconds: 4.5, messages: 450, dutyMessages: 0 });
    work(meter, 5, 0.05);
    expect(meter.costSeconds).to.be.closeTo(0.01, 1e-9);
    expect(told).to.have.lengthOf(10);
    expect(told[0]).to.include({ messages: 5, dutyMessages: 5 });
    expect(told[0]!.cpuSeconds).to.be.closeTo(0.05, 1e-9);
  });

  it('averages the main duty over some seconds', () => {
    const meter = meterOf();
    work(meter, 30, 0.1);
    expect(meter.dutyPerSecond).to.be.within(25, 30);
    work(meter, 30, 0.1, false);
    expect(meter.dutyPerSecond).to.be.within(0, 5);
  });

  it('tells once of a file that it cannot read, and goes on without', () => {
    writeFileSync(join(directory, COST_FILE), 'nonsense');
    writeFileSync(join(directory, MEASURED_FILE), '{"inbound":{}}');
    const meter = meterOf();
    work(meter, 50, 0.5);
    expect(meter.costSeconds).to.be.closeTo(0.01, 1e-9);
    expect(faults).to.have.lengthOf(1);
    expect(readFileSync(join(directory, COST_FILE), 'utf8')).to.include('costSeconds');
  });
});

describe('a measurement', () => {
  it('is read as it was written, and is none when something is missing', () => {
    expect(parseMeasured(formatMeasured(measured))).to.deep.equal(measured);
    for (const text of ['', 'null', '{}', '[]', formatMeasured({ ...measured, cores: 0 })])
      expect(parseMeasured(text), text).to.equal(undefined);
  });
});
