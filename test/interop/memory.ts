/** How much memory a process has, as Linux counts it, over a time. In MB of 2^20 octets. */
import { readFileSync } from 'node:fs';

const kinds = ['VmRSS', 'RssAnon', 'RssFile'] as const;
type Sample = Readonly<Record<(typeof kinds)[number], number>>;

export interface MemoryFigures {
  /** Of all samples. */
  readonly median: Sample;
  readonly most: Sample;
  /** The most it ever had, between samples too. */
  readonly peak: number;
}

export interface MemoryWatch {
  /** Reads once more and stops. @throws when the process is gone */
  end(): MemoryFigures;
}

const SAMPLE_MS = 50;

/** Looks at the process many times a second from now on. */
export function watchMemory(pid: number): MemoryWatch {
  const samples: Sample[] = [sampleOf(pid)];
  const timer = setInterval(() => {
    try {
      samples.push(sampleOf(pid));
    } catch {
      clearInterval(timer); // the process is gone, which `end` says
    }
  }, SAMPLE_MS);
  return {
    end() {
      clearInterval(timer);
      samples.push(sampleOf(pid));
      const sorted = (kind: keyof Sample): number[] =>
        samples.map((each) => each[kind]).sort((a, b) => a - b);
      const pick = (at: (values: number[]) => number): Sample =>
        Object.fromEntries(kinds.map((kind) => [kind, Math.round(at(sorted(kind)))])) as Record<
          keyof Sample,
          number
        >;
      return {
        median: pick((values) => values[values.length >> 1]!),
        most: pick((values) => values.at(-1)!),
        peak: Math.round(megabytes(statusOf(pid), 'VmHWM')),
      };
    },
  };
}

export function formatMemory({ median, most, peak }: MemoryFigures): string {
  const each = kinds.map((kind) => `${kind} ${median[kind]} (most ${most[kind]})`);
  return `${each.join(', ')}, VmHWM ${peak} MB`;
}

const statusOf = (pid: number): string => readFileSync(`/proc/${pid}/status`, 'utf8');

function sampleOf(pid: number): Sample {
  const status = statusOf(pid);
  return Object.fromEntries(kinds.map((kind) => [kind, megabytes(status, kind)])) as Record<
    keyof Sample,
    number
  >;
}

function megabytes(status: string, kind: string): number {
  const kilobytes = new RegExp(`^${kind}:\\s+(\\d+) kB`, 'm').exec(status)?.[1];
  if (kilobytes === undefined) throw new Error(`the process is gone, or /proc does not tell its ${kind}`);
  return Number(kilobytes) / 1024;
}
