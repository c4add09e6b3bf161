import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect } from 'chai';
import { after, before, describe, it } from 'mocha';
import { createPressureReader, parsePressure } from '@mailpair/shared/pair/pressure';

const TEXT = `some avg10=15.80 avg60=11.07 avg300=7.04 total=3622050230
full avg10=1.00 avg60=0.00 avg300=0.00 total=0
`;

describe('the pressure of the host', () => {
  let directory: string;
  before(() => {
    directory = mkdtempSync(join(tmpdir(), 'mailpair-pressure-'));
  });
  after(() => rmSync(directory, { recursive: true }));

  it('is the share of the last ten seconds in which some task waited', () => {
    expect(parsePressure(TEXT)).to.be.closeTo(0.158, 1e-9);
  });

  it('is unknown in any other text', () => {
    expect(parsePressure('')).to.equal(undefined);
    expect(parsePressure('full avg10=1.00')).to.equal(undefined);
  });

  it('is read anew each time, of what the host tells', () => {
    const read = createPressureReader(directory);
    writeFileSync(join(directory, 'cpu'), TEXT);
    expect(read()).to.deep.equal({ cpuPressure: 0.158, ioPressure: undefined, memoryPressure: undefined });
    writeFileSync(join(directory, 'cpu'), TEXT.replace('15.80', '99.00'));
    expect(read().cpuPressure).to.equal(0.99);
  });

  it('is nothing where the host tells none', () => {
    const read = createPressureReader(join(directory, 'none'));
    expect(read()).to.deep.equal({
      cpuPressure: undefined,
      ioPressure: undefined,
      memoryPressure: undefined,
    });
  });
});
