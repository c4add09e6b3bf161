import { expect } from 'chai';
import { afterEach, describe, it } from 'mocha';
import { createPressureReader, parsePressure, type Pressure } from '@mailpair/shared/gateway/pair/pressure';
import {
  createMachine,
  inUnifiedGroup,
  type Machine,
  type MachineFiles,
} from '../../../support/machine-files.ts';

const textOf = (percent: string): string => `some avg10=${percent} avg60=11.07 avg300=7.04 total=3622050230
full avg10=1.00 avg60=0.00 avg300=0.00 total=0
`;
const none: Pressure = { cpuPressure: undefined, ioPressure: undefined, memoryPressure: undefined };
const OF_HOST: MachineFiles = {
  'proc/pressure/cpu': textOf('15.80'),
  'proc/pressure/io': textOf('4.00'),
  'proc/pressure/memory': textOf('60.00'),
};

describe('the pressure on a gateway', () => {
  let machine: Machine | undefined;
  afterEach(() => {
    machine?.remove();
    machine = undefined;
  });

  function open(files: MachineFiles): () => Pressure {
    machine = createMachine(files);
    return createPressureReader(machine.root);
  }

  it('is the share of the last ten seconds in which some task waited', () => {
    expect(parsePressure(textOf('15.80'))).to.be.closeTo(0.158, 1e-9);
  });

  it('is unknown in any other text', () => {
    expect(parsePressure('')).to.equal(undefined);
    expect(parsePressure('full avg10=1.00')).to.equal(undefined);
  });

  it('is read anew each time', () => {
    const read = open(OF_HOST);
    expect(read().cpuPressure).to.equal(0.158);
    machine!.write({ 'proc/pressure/cpu': textOf('99.00') });
    expect(read().cpuPressure).to.equal(0.99);
  });

  it('is that of its own control group', () => {
    const read = open({
      ...OF_HOST,
      ...inUnifiedGroup('/a'),
      'sys/fs/cgroup/a/cgroup.type': 'domain\n',
      'sys/fs/cgroup/a/cpu.pressure': textOf('1.00'),
      'sys/fs/cgroup/a/io.pressure': textOf('2.00'),
      'sys/fs/cgroup/a/memory.pressure': textOf('3.00'),
    });
    expect(read()).to.deep.equal({ cpuPressure: 0.01, ioPressure: 0.02, memoryPressure: 0.03 });
  });

  it('is for CPU and disk that of the host where its group tells none, and never for memory', () => {
    const ofHost = { cpuPressure: 0.158, ioPressure: 0.04, memoryPressure: undefined };
    expect(open(OF_HOST)()).to.deep.equal(ofHost);
    machine!.remove();
    expect(open({ ...OF_HOST, ...inUnifiedGroup('/a') })()).to.deep.equal(ofHost);
  });

  it('is not that of the root of all groups, which is the host', () => {
    const read = open({
      ...OF_HOST,
      ...inUnifiedGroup('/'),
      'sys/fs/cgroup/memory.pressure': textOf('60.00'),
    });
    expect(read().memoryPressure).to.equal(undefined);
  });

  it('is nothing where the system tells none', () => {
    expect(open({})()).to.deep.equal(none);
  });
});
