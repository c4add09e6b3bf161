/**
 * How much memory a gateway uses, of what it may: the limit of its container or service, or a bound on what its processes have of
 * their own. What is told is the one with the least left, as it was measured last.
 */
import { readFileSync } from 'node:fs';
import { totalmem } from 'node:os';
import { join } from 'node:path';
import { leftOf, openGroupMemory, type MemoryUse } from './group-memory.ts';

export interface MemoryWatchParts {
  /** `limits.memory`; with 0 a half of the host's memory, where no control group has a limit. */
  bound(): number;
  readonly root?: string;
  readonly hostBytes?: number;
}

const SHARE_OF_HOST = 0.5;

export class MemoryWatch {
  /** What the other workers have of their own, as they told last. */
  others: () => number = () => 0;
  /** Called after each measurement. */
  onMeasured: () => void = () => undefined;
  /** What this process has of its own. */
  ownBytes = 0;
  readonly #bound: () => number;
  readonly #hostBytes: number;
  readonly #root: string;
  readonly #ofGroup: () => MemoryUse | undefined;
  #use: MemoryUse;

  constructor({ bound, root = '/', hostBytes = totalmem() }: MemoryWatchParts) {
    this.#bound = bound;
    this.#hostBytes = hostBytes;
    this.#root = root;
    this.#ofGroup = openGroupMemory(root, hostBytes);
    this.#use = this.#measured();
  }

  measure(): void {
    this.#use = this.#measured();
    this.onMeasured();
  }

  /** As measured last. */
  get use(): MemoryUse {
    return this.#use;
  }

  /** 1 when no more fits. */
  get share(): number {
    return this.#use.usedBytes / this.#use.limitBytes;
  }

  #measured(): MemoryUse {
    const group = this.#ofGroup();
    const bound = this.#bound();
    this.ownBytes = this.#anonBytes();
    if (group && bound === 0) return group;
    const limitBytes = bound === 0 ? this.#hostBytes * SHARE_OF_HOST : bound;
    const own = { usedBytes: this.ownBytes + this.others(), limitBytes };
    return group && leftOf(group) < leftOf(own) ? group : own;
  }

  /** Where the system does not tell them apart, with the pages of files. */
  #anonBytes(): number {
    try {
      return anonBytesIn(readFileSync(join(this.#root, 'proc/self/status'), 'utf8'));
    } catch {
      return process.memoryUsage.rss();
    }
  }
}

/** RssAnon of /proc/PID/status: heap, stacks and what libraries take, without the pages of files. */
export function anonBytesIn(status: string): number {
  const kilobytes = /^RssAnon:\s+(\d+) kB$/m.exec(status)?.[1];
  if (kilobytes === undefined) throw new Error('/proc/self/status tells no RssAnon');
  return Number(kilobytes) * 1024;
}
