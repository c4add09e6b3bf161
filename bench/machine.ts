/** What the figures were measured on: without it they say nothing. */
import { readFileSync } from 'node:fs';
import { cpus, loadavg, release, tmpdir, totalmem } from 'node:os';

export interface Machine {
  readonly processor: string;
  readonly cores: number;
  readonly memoryGb: number;
  readonly system: string;
  readonly kernel: string;
  /** Of the directory for queues: syncs cost nothing on a tmpfs. */
  readonly fileSystem: string;
  /** Processes that wanted a core, on average over the minute before. */
  readonly loadBefore: number;
}

export function describeMachine(directory = tmpdir()): Machine {
  const processors = cpus();
  return {
    processor: processors[0]?.model.trim() ?? 'unknown',
    cores: processors.length,
    memoryGb: Math.round(totalmem() / 2 ** 30),
    system: /^PRETTY_NAME="(.*)"$/m.exec(read('/etc/os-release'))?.[1] ?? process.platform,
    kernel: release(),
    fileSystem: fileSystemOf(directory, read('/proc/mounts')),
    loadBefore: Math.round((loadavg()[0] ?? 0) * 100) / 100,
  };
}

/** `mounts` as in /proc/mounts: device, place, type, options; the longest place that holds the directory counts. */
export function fileSystemOf(directory: string, mounts: string): string {
  const holding = mounts
    .split('\n')
    .map((line) => line.split(' '))
    .filter(([, place = '']) => place === '/' || `${directory}/`.startsWith(`${place}/`))
    .toSorted(([, a = ''], [, b = '']) => a.length - b.length);
  return holding.at(-1)?.[2] ?? 'unknown';
}

function read(path: string): string {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return '';
  }
}
