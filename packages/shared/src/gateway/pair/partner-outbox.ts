/**
 * What a partner has still to be told: the keys only, each once, so that what changes again and again takes one place.
 * What it is told is looked up when it is sent. Every topic that waits has its share of a beat, so that none waits for
 * another. Bounded: the oldest go first. No I/O.
 */

/** Items in one beat. */
export const MOST_ITEMS = 1_000;
/** Octets of them, as JSON. */
const MOST_OCTETS = 256 * 1024;
/** Of one topic; as many as the store of recipients keeps: what is older is forgotten there too. */
const MOST_WAITING = 100_000;

export interface Item {
  readonly topic: string;
  readonly key: string;
  readonly text: string;
}

export class Outbox {
  readonly #waiting = new Map<string, Set<string>>();

  get size(): number {
    return [...this.#waiting.values()].reduce((sum, keys) => sum + keys.size, 0);
  }

  add(topic: string, key: string): void {
    let keys = this.#waiting.get(topic);
    if (!keys) this.#waiting.set(topic, (keys = new Set()));
    keys.add(key);
    if (keys.size > MOST_WAITING) keys.delete(keys.values().next().value!);
  }

  /** Takes out what fits into one beat. What `look` does not know any more is let go. */
  take(look: (topic: string, key: string) => string | undefined): Item[] {
    const waiting = [...this.#waiting].filter(([, keys]) => keys.size > 0);
    return waiting.flatMap(([topic, keys]) => {
      const taken: Item[] = [];
      let octets = MOST_OCTETS / waiting.length;
      const most = Math.floor(MOST_ITEMS / waiting.length);
      for (const key of keys) {
        if (taken.length >= most || octets <= 0) break;
        keys.delete(key);
        const text = look(topic, key);
        if (text === undefined) continue;
        taken.push({ topic, key, text });
        octets -= Buffer.byteLength(JSON.stringify(text));
      }
      return taken;
    });
  }

  /** They did not get there. */
  putBack(items: readonly Item[]): void {
    for (const { topic, key } of items) this.add(topic, key);
  }
}
