/**
 * Examples that this process did not write: the latest of them, in memory. Another process writes them, or the disk did not take
 * them; until the next start they are to be found here.
 */
import type { Example } from './example.ts';

const MOST_BYTES = 8 * 1024 * 1024;

export class KeptExamples {
  readonly #examples = new Map<string, Example>();
  readonly #most: number;
  #bytes = 0;

  constructor(mostBytes = MOST_BYTES) {
    this.#most = mostBytes;
  }

  get(id: string): Example | undefined {
    return this.#examples.get(id);
  }

  add(example: Example): void {
    this.#forget(example.id);
    this.#examples.set(example.id, example);
    this.#bytes += sizeOf(example);
    for (const id of this.#examples.keys()) {
      if (this.#bytes <= this.#most) return;
      this.#forget(id);
    }
  }

  #forget(id: string): void {
    const example = this.#examples.get(id);
    if (!example) return;
    this.#examples.delete(id);
    this.#bytes -= sizeOf(example);
  }
}

const OWN_BYTES = 200;
const sizeOf = ({ tokens }: Example): number => tokens.byteLength + OWN_BYTES;
