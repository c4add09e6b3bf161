/**
 * Where the control groups of this process are (Linux): a container or a systemd unit has one of its own. Pure: it reads the texts of
 * /proc/self/cgroup and /proc/self/mountinfo. A process that is in no group, or sees none, has empty lists.
 */
export interface GroupPlaces {
  /** Directories of version 2, the own group first, then the groups around it. */
  readonly unified: readonly string[];
  /** The same of the memory controller of version 1. */
  readonly memory: readonly string[];
  /** The same of its CPU controller. */
  readonly cpu: readonly string[];
}

export function groupPlaces(cgroup: string, mountinfo: string): GroupPlaces {
  const mounts = mountinfo.split('\n').flatMap(mountIn);
  const places = (isIt: (mount: Mount) => boolean, path: RegExp): readonly string[] => {
    const mount = mounts.find(isIt);
    const own = path.exec(cgroup)?.[1];
    return mount && own !== undefined ? directories(mount, own) : [];
  };
  const placesOf = (controller: string): readonly string[] =>
    places(
      ({ type, options }) => type === 'cgroup' && options.includes(controller),
      new RegExp(`^\\d+:(?:[^:\\n]*,)?${controller}(?:,[^:\\n]*)?:(/.*)$`, 'm'),
    );
  return {
    unified: places(({ type }) => type === 'cgroup2', /^0::(\/.*)$/m),
    memory: placesOf('memory'),
    cpu: placesOf('cpu'),
  };
}

interface Mount {
  /** Of the hierarchy, the group that is mounted. */
  readonly root: string;
  readonly point: string;
  readonly type: string;
  readonly options: readonly string[];
}

/** proc_pid_mountinfo(5) */
function mountIn(line: string): Mount[] {
  const [before = '', after = ''] = line.split(' - ');
  const [, , , root, point] = before.split(' ').map(unescaped);
  const [type, , options = ''] = after.split(' ');
  if (root === undefined || point === undefined || type === undefined) return [];
  return [{ root, point, type, options: options.split(',') }];
}

const unescaped = (text: string): string =>
  text.replace(/\\([0-7]{3})/g, (_, code: string) => String.fromCharCode(Number.parseInt(code, 8)));

/** A container may see its own group as the root of the mount, under the path that the host has for it. */
function directories({ root, point }: Mount, path: string): string[] {
  const names = path.split('/').filter((name) => name !== '');
  const above = root.split('/').filter((name) => name !== '');
  const isBelow = above.every((name, index) => names[index] === name) && !names.includes('..');
  const below = isBelow ? names.slice(above.length) : [];
  return Array.from({ length: below.length + 1 }, (_, up) =>
    [point, ...below.slice(0, below.length - up)].join('/'),
  );
}
