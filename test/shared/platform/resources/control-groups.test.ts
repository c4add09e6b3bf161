import { expect } from 'chai';
import { describe, it } from 'mocha';
import { groupPlaces } from '@mailpair/shared/platform/resources/control-groups';

const UNIFIED = '29 23 0:26 / /sys/fs/cgroup rw,nosuid shared:4 - cgroup2 cgroup2 rw,nsdelegate';
const FIRST = `31 23 0:28 / /sys/fs/cgroup rw - tmpfs tmpfs rw,mode=755
32 31 0:29 / /sys/fs/cgroup/cpu,cpuacct rw - cgroup cgroup rw,cpu,cpuacct
35 31 0:32 / /sys/fs/cgroup/memory rw,relatime - cgroup cgroup rw,memory
41 31 0:38 / /sys/fs/cgroup/unified rw,relatime - cgroup2 cgroup2 rw`;
const OWN_OF_FIRST = `9:name=systemd:/
4:memory:/machine/job
1:cpu,cpuacct:/
0::/user
`;

describe('the control groups of a process', () => {
  it('are with version 2 its own and those around it', () => {
    expect(groupPlaces('0::/system.slice/mailpair.service\n', UNIFIED)).to.deep.equal({
      unified: [
        '/sys/fs/cgroup/system.slice/mailpair.service',
        '/sys/fs/cgroup/system.slice',
        '/sys/fs/cgroup',
      ],
      memory: [],
      cpu: [],
    });
  });

  it('are with version 1 those of its controllers', () => {
    expect(groupPlaces(OWN_OF_FIRST, FIRST)).to.deep.equal({
      unified: ['/sys/fs/cgroup/unified/user', '/sys/fs/cgroup/unified'],
      memory: ['/sys/fs/cgroup/memory/machine/job', '/sys/fs/cgroup/memory/machine', '/sys/fs/cgroup/memory'],
      cpu: ['/sys/fs/cgroup/cpu,cpuacct'],
    });
  });

  it('are found in a container that sees its own group as the root, by whatever path', () => {
    const mounted = '35 31 0:32 /docker/4711 /sys/fs/cgroup/memory ro - cgroup cgroup rw,memory';
    const memory = ['/sys/fs/cgroup/memory'];
    expect(groupPlaces('4:memory:/docker/4711\n', mounted).memory).to.deep.equal(memory);
    expect(groupPlaces('4:memory:/\n', mounted).memory).to.deep.equal(memory);
    expect(groupPlaces('0::/../../other\n', UNIFIED).unified).to.deep.equal(['/sys/fs/cgroup']);
    expect(groupPlaces('4:memory:/docker/4711/own\n', mounted).memory).to.deep.equal([
      '/sys/fs/cgroup/memory/own',
      '/sys/fs/cgroup/memory',
    ]);
  });

  it('are found below a mount point with a blank in it, and by a controller among others', () => {
    const mounted = String.raw`35 31 0:32 / /my\040groups rw - cgroup cgroup rw,hugetlb,memory`;
    expect(groupPlaces('4:hugetlb,memory:/a\n', mounted).memory).to.deep.equal([
      '/my groups/a',
      '/my groups',
    ]);
  });

  it('are none where there are none', () => {
    expect(groupPlaces('', '')).to.deep.equal({ unified: [], memory: [], cpu: [] });
    expect(groupPlaces('0::/a\n', '31 23 0:28 / /sys rw - sysfs sysfs rw')).to.deep.equal({
      unified: [],
      memory: [],
      cpu: [],
    });
  });
});
