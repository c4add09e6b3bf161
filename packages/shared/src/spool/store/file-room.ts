/**
 * Room in the file of the map beyond what is used, taken before it is needed. LMDB (3.5.6 of its package) never gets to
 * see a full disk this way: it would write the reason into too small a piece of memory, which can end the process.
 *
 * The file grows by whole steps, which costs a busy queue one further write for many messages, and only until it is as
 * long as it ever gets: pages that are free again are used first.
 */
import { closeSync, constants, fstatSync, writeSync } from 'node:fs';
import { openRegularSync } from '../../platform/files/regular-file.ts';

const STEP_BYTES = 2 ** 20;
const zeros = Buffer.alloc(2 ** 18);
const fullCodes: unknown[] = ['ENOSPC', 'EDQUOT'];

export class FileRoom {
  readonly #file: number;
  readonly #stepBytes: number;
  #sizeBytes: number;

  constructor(path: string, stepBytes = STEP_BYTES) {
    this.#stepBytes = stepBytes;
    this.#file = openRegularSync(path, constants.O_RDWR);
    this.#sizeBytes = fstatSync(this.#file).size;
  }

  /**
   * Octets beyond `usedBytes` that can be written without asking the disk: `neededBytes` at least, or as many as the disk
   * has left.
   * @throws what the system says, unless it is that the disk is full
   */
  make(usedBytes: number, neededBytes: number): number {
    if (this.#sizeBytes < usedBytes + neededBytes) this.#grow(usedBytes + neededBytes);
    return this.#sizeBytes - usedBytes;
  }

  close(): void {
    closeSync(this.#file);
  }

  #grow(toBytes: number): void {
    this.#sizeBytes = fstatSync(this.#file).size;
    const target = Math.ceil(toBytes / this.#stepBytes) * this.#stepBytes;
    try {
      while (this.#sizeBytes < target) {
        const length = Math.min(zeros.length, target - this.#sizeBytes);
        this.#sizeBytes += writeSync(this.#file, zeros, 0, length, this.#sizeBytes);
      }
    } catch (error) {
      if (!fullCodes.includes((error as NodeJS.ErrnoException).code)) throw error;
    }
  }
}
