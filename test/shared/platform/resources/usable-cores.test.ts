import { expect } from 'chai';
import { afterEach, describe, it } from 'mocha';
import { usableCores } from '@mailpair/shared/platform/resources/usable-cores';
import {
  createMachine,
  inUnifiedGroup,
  type Machine,
  type MachineFiles,
} from '../../../support/machine-files.ts';

describe('the cores that can be used', () => {
  let machine: Machine | undefined;
  afterEach(() => machine?.remove());

  const coresWith = (files: MachineFiles): number => usableCores((machine = createMachine(files)).root, 8);

  it('are all of the host where there is no quota', () => {
    expect(coresWith({})).to.equal(8);
    machine?.remove();
    expect(coresWith({ ...inUnifiedGroup('/job'), 'sys/fs/cgroup/job/cpu.max': 'max 100000\n' })).to.equal(8);
  });

  it('are what the smallest quota leaves, of the own group or of one around it', () => {
    const files = {
      ...inUnifiedGroup('/machine/job'),
      'sys/fs/cgroup/machine/job/cpu.max': '400000 100000\n',
      'sys/fs/cgroup/machine/cpu.max': '25000 100000\n',
    };
    expect(coresWith(files)).to.equal(0.25);
  });

  it('are limited by groups of version 1 too', () => {
    const group = (quota: string): MachineFiles => ({
      'proc/self/cgroup': '1:cpu,cpuacct:/job\n',
      'proc/self/mountinfo': '32 31 0:29 / /sys/fs/cgroup/cpu rw - cgroup cgroup rw,cpu,cpuacct\n',
      'sys/fs/cgroup/cpu/job/cpu.cfs_quota_us': quota,
      'sys/fs/cgroup/cpu/job/cpu.cfs_period_us': '100000\n',
    });
    expect(coresWith(group('150000\n'))).to.equal(1.5);
    machine?.remove();
    expect(coresWith(group('-1\n'))).to.equal(8);
  });
});
