import { expect } from 'chai';
import { afterEach, describe, it } from 'mocha';
import { openGroupMemory } from '@mailpair/shared/platform/resources/group-memory';
import {
  createMachine,
  inUnifiedGroup,
  type Machine,
  type MachineFiles,
} from '../../../support/machine-files.ts';

const HOST = 8_000_000_000;

/** 300 MB used, 200 MB of which the kernel can take away. */
const unifiedGroup = (at: string, limit: string, used = 300_000_000): MachineFiles => ({
  [`sys/fs/cgroup${at}/memory.max`]: `${limit}\n`,
  [`sys/fs/cgroup${at}/memory.current`]: `${used}\n`,
  [`sys/fs/cgroup${at}/memory.stat`]:
    'anon 90000000\nfile 190000000\ninactive_file 110000000\nactive_file 70000000\nslab_reclaimable 20000000\n',
});

const firstGroup = (at: string, limit: string): MachineFiles => ({
  [`sys/fs/cgroup/memory${at}/memory.limit_in_bytes`]: `${limit}\n`,
  [`sys/fs/cgroup/memory${at}/memory.usage_in_bytes`]: '300000000\n',
  [`sys/fs/cgroup/memory${at}/memory.stat`]:
    'inactive_file 1\nactive_file 1\ntotal_inactive_file 110000000\ntotal_active_file 70000000\n',
});
const IN_FIRST: MachineFiles = {
  'proc/self/cgroup': '4:memory:/job\n0::/\n',
  'proc/self/mountinfo':
    '35 31 0:32 / /sys/fs/cgroup/memory rw - cgroup cgroup rw,memory\n' +
    '41 31 0:38 / /sys/fs/cgroup/unified rw - cgroup2 cgroup2 rw\n',
};

describe('the memory of a control group', () => {
  let machine: Machine;
  afterEach(() => machine.remove());

  function read(...files: MachineFiles[]): ReturnType<ReturnType<typeof openGroupMemory>> {
    machine = createMachine(Object.assign({}, ...files) as MachineFiles);
    return openGroupMemory(machine.root, HOST)();
  }

  it('is with version 2 what is used without what the kernel can take away', () => {
    expect(read(inUnifiedGroup('/a'), unifiedGroup('/a', '500000000'))).to.deep.equal({
      usedBytes: 100_000_000,
      limitBytes: 500_000_000,
    });
  });

  it('is with version 1 that of the group and all below it', () => {
    expect(read(IN_FIRST, firstGroup('/job', '500000000'))).to.deep.equal({
      usedBytes: 120_000_000,
      limitBytes: 500_000_000,
    });
  });

  it('is that of the group around it where less is left there', () => {
    const own = unifiedGroup('/slice/unit', '500000000');
    const around = unifiedGroup('/slice', '600000000', 790_000_000);
    expect(read(inUnifiedGroup('/slice/unit'), own, around)).to.deep.equal({
      usedBytes: 590_000_000,
      limitBytes: 600_000_000,
    });
    machine.remove();
    const wide = unifiedGroup('/slice', '4000000000', 790_000_000);
    expect(read(inUnifiedGroup('/slice/unit'), own, wide)?.limitBytes).to.equal(500_000_000);
  });

  it('is read anew each time, with the limit', () => {
    machine = createMachine({ ...inUnifiedGroup('/a'), ...unifiedGroup('/a', '500000000') });
    const use = openGroupMemory(machine.root, HOST);
    expect(use()?.limitBytes).to.equal(500_000_000);
    machine.write(unifiedGroup('/a', '400000000', 350_000_000));
    expect(use()).to.deep.equal({ usedBytes: 150_000_000, limitBytes: 400_000_000 });
  });

  it('has no limit that is none, or is beyond the host', () => {
    expect(read(inUnifiedGroup('/a'), unifiedGroup('/a', 'max'))).to.equal(undefined);
    machine.remove();
    expect(read(inUnifiedGroup('/a'), unifiedGroup('/a', '9000000000'))).to.equal(undefined);
    machine.remove();
    expect(read(IN_FIRST, firstGroup('/job', '9223372036854771712'))).to.equal(undefined);
  });

  it('is unknown where the system tells nothing', () => {
    expect(read({})).to.equal(undefined);
    machine.remove();
    expect(read(inUnifiedGroup('/a'))).to.equal(undefined);
  });
});
