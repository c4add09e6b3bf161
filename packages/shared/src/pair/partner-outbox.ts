/**
 * What a partner has still to be told about recipients: their keys only, each once, so a recipient learnt about again
 * and again takes one place. What it is told of is looked up when it is sent. Bounded: the oldest go first. No I/O.
 */
import type { Learnt } from './partner-beat.ts';

/** In one beat. */
export const MOST_LEARNT = 1_000;
const MOST_CHARACTERS = 128 * 1024;
/** As many as the store of knowledge keeps: what is older is forgotten there too. */
const MOST_WAITING = 100_000;

export class Outbox {
  readonly #waiting = new Set<string>();

  get size(): number {
    return this.#waiting.size;
  }

  add(recipient: string): void {
    this.#waiting.add(recipient);
    if (this.#waiting.size > MOST_WAITING) this.#waiting.delete(this.#waiting.values().next().value!);
  }

  /** Takes out what fits into one beat. What `look` does not know any more is let go. */
  take(look: (recipient: string) => Learnt | undefined): Learnt[] {
    const taken: Learnt[] = [];
    let characters = 0;
    for (const recipient of this.#waiting) {
      if (taken.length >= MOST_LEARNT || characters >= MOST_CHARACTERS) break;
      this.#waiting.delete(recipient);
      const learnt = look(recipient);
      if (!learnt) continue;
      taken.push(learnt);
      characters += recipient.length;
    }
    return taken;
  }

  /** They did not get there. */
  putBack(learnt: readonly Learnt[]): void {
    for (const { recipient } of learnt) this.add(recipient);
  }
}
