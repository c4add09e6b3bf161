/**
 * Keeps the reserve of the disk: a message is taken only when the reserve is left after it. The disk is asked once a
 * second; in between, what was taken since is counted.
 */
import { statfsSync } from 'node:fs';
import type { Clock } from '../../platform/time/clock.ts';
import { SpoolFullError } from './spool.ts';

const askAgainMs = 1000;

export interface FreeSpaceSettings {
  readonly directory: string;
  readonly minFreeBytes: number;
  readonly clock: Clock;
  /** Octets that can be taken without asking the disk. */
  readonly reusableBytes: () => number;
}

export class FreeSpace {
  readonly #settings: FreeSpaceSettings;
  #askedAt = -Infinity;
  #diskBytes = 0;
  #reusableBytes = 0;

  constructor(settings: FreeSpaceSettings) {
    this.#settings = settings;
  }

  /**
   * `asFile`: nothing can be reused for it. `isWritten`: it is on the disk already, maybe since the disk was asked.
   * @throws SpoolFullError when the reserve would not be left
   */
  take(sizeBytes: number, asFile: boolean, isWritten = false): void {
    const { directory, minFreeBytes, clock } = this.#settings;
    if (Math.abs(clock.now() - this.#askedAt) >= askAgainMs) this.#ask();
    const freeBytes = this.#diskBytes + (asFile ? 0 : this.#reusableBytes);
    if (freeBytes - (isWritten ? 0 : sizeBytes) < minFreeBytes)
      throw new SpoolFullError(
        `${directory} has ${freeBytes} bytes free and ${minFreeBytes} are kept in reserve (queue.minFree): ` +
          'free some space on this disk, or move the spool to a larger one',
      );
    if (asFile || this.#reusableBytes < sizeBytes) this.#diskBytes -= sizeBytes;
    else this.#reusableBytes -= sizeBytes;
  }

  #ask(): void {
    const { directory, clock, reusableBytes } = this.#settings;
    const { bavail, bsize } = statfsSync(directory);
    this.#diskBytes = bavail * bsize;
    this.#reusableBytes = reusableBytes();
    this.#askedAt = clock.now();
  }
}
