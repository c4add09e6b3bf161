/**
 * How many files, sockets among them, this process has open, of those that it may have (Linux, RLIMIT_NOFILE). When none is left,
 * libuv closes each new connection without a word, so whoever asks has to stop before.
 */
import { readdirSync, readFileSync, statSync } from 'node:fs';

export interface DescriptorParts {
  /** How many may be open; Infinity where the system does not tell. */
  readonly limit: number;
  /** How many are open. */
  count(): number;
}

/** A session may have a connection to the next hop, or a file, besides its own. */
const PER_SESSION = 2;

export class Descriptors {
  readonly limit: number;
  /** As counted last. */
  open = 0;
  readonly #count: () => number;
  #sessions = 0;

  constructor({ limit, count }: DescriptorParts = ofThisProcess()) {
    this.limit = limit;
    this.#count = count;
  }

  /** @param sessions that there are now */
  measure(sessions: number): void {
    this.open = this.#count();
    this.#sessions = sessions;
  }

  /** 1 when none is left. */
  get share(): number {
    return this.open / this.limit;
  }

  /** What is left with so many sessions. Those that came since the last count are taken for two each. */
  leftWith(sessions: number): number {
    return this.limit - this.open - PER_SESSION * Math.max(0, sessions - this.#sessions);
  }

  /** So many sessions leave that many descriptors. */
  sessionsLeaving(reserve: number): number {
    return this.#sessions + Math.max(0, Math.floor((this.limit - this.open - reserve) / PER_SESSION));
  }
}

function ofThisProcess(): DescriptorParts {
  try {
    return { limit: openFilesIn(readFileSync('/proc/self/limits', 'utf8')), count: countOpenFiles };
  } catch {
    return { limit: Infinity, count: () => 0 };
  }
}

/** The soft limit of `Max open files` in /proc/PID/limits. */
export function openFilesIn(limits: string): number {
  const soft = /^Max open files +(\d+|unlimited)/m.exec(limits)?.[1];
  if (soft === undefined) throw new Error('/proc/self/limits has no line Max open files');
  return soft === 'unlimited' ? Infinity : Number(soft);
}

/** From Linux 6.2 on the size of the directory is the count. To read it takes 1 ms for each thousand. */
export function countOpenFiles(directory = '/proc/self/fd'): number {
  return statSync(directory).size || readdirSync(directory).length;
}
