/**
 * What partners tell each other beside how they are, by topic: recipients, bans, … A part of the gateway adds its topic
 * before the pairing is opened. Each item is a text in the topic's own form, told to every partner once, and all of them
 * to one that starts anew. A lost item costs freshness only, so a topic merges what it is told in any order, twice or not.
 */

export interface Topic {
  /** Letters and digits. */
  readonly name: string;
  /** What is told under a key now, of at most `MAX_ITEM` characters; undefined when that is nothing any more. */
  look(key: string): string | undefined;
  /** The key of everything there is to tell, the most important last: of too much the first is left out. */
  all(): Iterable<string>;
  /** What a partner tells, or another worker, in whatever form. @returns how much of it was news */
  take(items: readonly string[], by: Source): number;
}

/** A partner, or another worker of this gateway. */
export type Source = 'partner' | 'worker';

export interface Teller {
  /** There is something new under the key. */
  tell(key: string): void;
}

/** Items by the name of their topic. */
export type Told = Readonly<Record<string, readonly string[]>>;

/** Characters that an item may have. */
export const MAX_ITEM = 1_000;

export class Topics {
  readonly #topics = new Map<string, Topic>();
  readonly #listeners: ((topic: string, key: string) => void)[] = [];
  readonly #takers: ((topic: string, items: readonly string[]) => void)[] = [];

  /** @throws when there is such a topic already */
  add(topic: Topic): Teller {
    const { name } = topic;
    if (this.#topics.has(name) || !isTopicName(name)) throw new Error(`${name} cannot be added as a topic`);
    this.#topics.set(name, topic);
    return {
      tell: (key) => this.tell(name, key),
    };
  }

  /** There is something new under the key. */
  tell(topic: string, key: string): void {
    for (const listener of this.#listeners) listener(topic, key);
  }

  /** Calls with what is new from now on. */
  onTold(listener: (topic: string, key: string) => void): void {
    this.#listeners.push(listener);
  }

  /** Calls with what partners tell from now on, when some of it is news. */
  onTaken(listener: (topic: string, items: readonly string[]) => void): void {
    this.#takers.push(listener);
  }

  list(): Iterable<Topic> {
    return this.#topics.values();
  }

  look(topic: string, key: string): string | undefined {
    return this.#topics.get(topic)?.look(key);
  }

  /** Topics that this gateway does not have are passed over. @returns how much was news, by topic */
  take(told: Told, by: Source = 'partner'): Map<string, number> {
    const news = new Map<string, number>();
    for (const [name, items] of Object.entries(told)) {
      const count = this.#topics.get(name)?.take(items, by) ?? 0;
      if (count === 0) continue;
      news.set(name, count);
      if (by === 'partner') for (const taker of this.#takers) taker(name, items);
    }
    return news;
  }
}

export const isTopicName = (name: string): boolean => /^[a-zA-Z\d]{1,30}$/.test(name);
