/** What is being attempted, and whether there is room for more: for entries, and for octets of their bodies in memory. */
import type { Entry } from '../../platform/values/entry.ts';

const MAX_ENTRIES = 1_000;
/** Of bodies in memory for entries being attempted, whether they came from the intake or from the spool. */
const MAX_BODY_BYTES = 32 * 1024 * 1024;
/** Larger bodies are files, of which no more than this is in memory, or in memory that is counted elsewhere. */
const MOST_OF_A_BODY = 256 * 1024;

export class AttemptRoom {
  readonly #ids = new Set<string>();
  #bodyBytes = 0;

  get entries(): number {
    return this.#ids.size;
  }

  isTaken(id: string): boolean {
    return this.#ids.has(id);
  }

  /** @param share of it */
  has(share = 1): boolean {
    return this.#ids.size < MAX_ENTRIES * share && this.#bodyBytes < MAX_BODY_BYTES * share;
  }

  take({ id, body }: Entry): void {
    this.#ids.add(id);
    this.#bodyBytes += inMemory(body);
  }

  giveBack({ id, body }: Entry): void {
    this.#ids.delete(id);
    this.#bodyBytes -= inMemory(body);
  }
}

const inMemory = ({ sizeBytes }: Entry['body']): number => Math.min(sizeBytes, MOST_OF_A_BODY);
