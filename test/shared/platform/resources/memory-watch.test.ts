import { expect } from 'chai';
import { afterEach, describe, it } from 'mocha';
import { anonBytesIn, MemoryWatch } from '@mailpair/shared/platform/resources/memory-watch';
import {
  createMachine,
  inUnifiedGroup,
  type Machine,
  type MachineFiles,
} from '../../../support/machine-files.ts';

const HOST = 1_000 * 1024;
const statusWith = (kilobytes: number): string =>
  `Name:\tnode\nVmRSS:\t     999 kB\nRssAnon:\t     ${kilobytes} kB\nRssFile:\t     9 kB\n`;
const limitedTo = (limit: number, used: number): MachineFiles => ({
  ...inUnifiedGroup('/a'),
  'sys/fs/cgroup/a/memory.max': `${limit}\n`,
  'sys/fs/cgroup/a/memory.current': `${used}\n`,
  'sys/fs/cgroup/a/memory.stat': 'active_file 0\ninactive_file 0\n',
});

describe('the memory of a gateway', () => {
  let machine: Machine;
  afterEach(() => machine.remove());

  function watch(files: MachineFiles, bound = 0): MemoryWatch {
    machine = createMachine({ 'proc/self/status': statusWith(100), ...files });
    return new MemoryWatch({ bound: () => bound, root: machine.root, hostBytes: HOST });
  }

  it('is what its processes have of their own, against a half of the memory of the host', () => {
    const memory = watch({});
    expect(memory.use).to.deep.equal({ usedBytes: 100 * 1024, limitBytes: 500 * 1024 });
    expect(memory.share).to.equal(0.2);
    memory.others = () => 300 * 1024;
    memory.measure();
    expect([memory.ownBytes, memory.share]).to.deep.equal([100 * 1024, 0.8]);
  });

  it('is measured anew when it is asked to', () => {
    const memory = watch({});
    machine.write({ 'proc/self/status': statusWith(250) });
    expect(memory.share).to.equal(0.2);
    memory.measure();
    expect(memory.share).to.equal(0.5);
  });

  it('is that of its control group where one has a limit', () => {
    const memory = watch(limitedTo(800_000, 600_000));
    expect(memory.use).to.deep.equal({ usedBytes: 600_000, limitBytes: 800_000 });
    expect(memory.share).to.equal(0.75);
  });

  it('is with a bound the one of both with less left', () => {
    expect(watch(limitedTo(800_000, 600_000), 125 * 1024).share).to.equal(0.8);
    machine.remove();
    expect(watch(limitedTo(800_000, 790_000), 500 * 1024).use.usedBytes).to.equal(790_000);
  });

  it('is resident memory where the system does not tell the parts of it', () => {
    const memory = watch({ 'proc/self/status': 'Name:\tnode\n' });
    expect(memory.ownBytes).to.be.above(1e6);
  });

  it('is read from the status of a process', () => {
    expect(anonBytesIn(statusWith(7))).to.equal(7 * 1024);
    expect(() => anonBytesIn('')).to.throw('RssAnon');
  });
});
