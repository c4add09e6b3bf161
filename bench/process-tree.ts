/**
 * CPU and memory of a process and all its descendants, from Linux's /proc.
 *
 * A process that ended is counted by the parent that waited for it, so nothing is lost when a server ends and starts
 * its children during the load. Times come in clock ticks of 10 ms: measure seconds, not single messages.
 */
import { readdirSync, readFileSync } from 'node:fs';

export interface ProcessStat {
  readonly pid: number;
  readonly parent: number;
  readonly name: string;
  /** Its own time and that of the children it waited for, in ticks. */
  readonly ticks: number;
  /** In ticks since the machine started; tells two processes of one id apart. */
  readonly startedAt: number;
  readonly isAlive: boolean;
}

export interface ProcessMemory {
  readonly pid: number;
  readonly name: string;
  /** The most that it ever had resident (VmHWM), shared pages included. */
  readonly peakBytes: number;
  /** What it has now, each shared page divided by those who share it (Pss). */
  readonly shareBytes: number;
  /** What it has now that is in no file: heap and stacks. */
  readonly anonymousBytes: number;
}

/** USER_HZ, which Linux shows to programs as 100 whatever it uses itself. */
const tickMs = 10;

export function cpuMsOf(root: number, isCounted: (name: string) => boolean = () => true): number {
  const counted = treeOf(root).filter(({ name }) => isCounted(name));
  return counted.reduce((sum, { ticks }) => sum + ticks, 0) * tickMs;
}

export function memoryOf(root: number): ProcessMemory[] {
  return treeOf(root).map(({ pid, name }) => {
    const mapped = readOrEmpty(`/proc/${pid}/smaps_rollup`);
    return {
      pid,
      name,
      peakBytes: kilobytes(readOrEmpty(`/proc/${pid}/status`), 'VmHWM'),
      shareBytes: kilobytes(mapped, 'Pss'),
      anonymousBytes: kilobytes(mapped, 'Anonymous'),
    };
  });
}

/** Octets that a process has read so far, from sockets and files; null where the kernel does not count. */
export function octetsReadBy(pid: number): number | null {
  const count = /^rchar: (\d+)$/m.exec(readOrEmpty(`/proc/${pid}/io`))?.[1];
  return count === undefined ? null : Number(count);
}

/** The process and its descendants that are alive. */
export function treeOf(root: number): ProcessStat[] {
  const all = readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .flatMap((pid) => parseStat(readOrEmpty(`/proc/${pid}/stat`)) ?? []);
  return descendants(all, root);
}

export function descendants(all: readonly ProcessStat[], root: number): ProcessStat[] {
  const found = all.filter(({ pid }) => pid === root);
  for (const { pid } of found) found.push(...all.filter(({ parent }) => parent === pid));
  return found;
}

/** proc(5): `pid (name) state ppid …`; the name may hold anything, brackets and blanks included. */
export function parseStat(line: string): ProcessStat | null {
  const match = /^(\d+) \((.*)\) (\S) (.*)$/s.exec(line.trim());
  if (!match) return null;
  const fields = match[4]!.split(' ').map(Number);
  const [utime = 0, stime = 0, childrenUtime = 0, childrenStime = 0] = fields.slice(10);
  return {
    pid: Number(match[1]),
    parent: fields[0] ?? 0,
    name: match[2]!,
    ticks: utime + stime + childrenUtime + childrenStime,
    startedAt: fields[18] ?? 0,
    isAlive: !'ZX'.includes(match[3]!),
  };
}

const kilobytes = (text: string, key: string): number =>
  Number(new RegExp(`^${key}:\\s+(\\d+) kB`, 'm').exec(text)?.[1] ?? 0) * 1024;

/** The process may end while we look. */
function readOrEmpty(path: string): string {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return '';
  }
}
