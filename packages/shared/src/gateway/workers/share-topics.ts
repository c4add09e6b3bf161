/**
 * What a worker learns (recipients, bans, senders, examples, holds) is told to the others at once, in the form in which partners
 * tell it to each other. The face passes on to the partners what the others learn, and to the others what partners tell.
 */
import type { Topics } from '../../platform/topics.ts';
import type { Clock } from '../../platform/time/clock.ts';
import type { Sibling, Subject } from './siblings.ts';
import { isFace } from './slot.ts';

/** Items by topic: those of this gateway with their keys, those of partners as they came. */
interface ToldTopics {
  readonly own: Readonly<Record<string, readonly (readonly [key: string, item: string])[]>>;
  readonly partners: Readonly<Record<string, readonly string[]>>;
}

/** A worker that ended was away for less than that. */
const RECENT_MS = 120_000;
const MOST_RECENT = 10_000;

export function shareTopics({ slot, siblings }: Sibling, topics: Topics, clock: Clock): void {
  if (slot.of === 1) return;
  const shared = new SharedTopics(topics, clock, isFace(slot));
  const changed = siblings.add(shared);
  topics.onTold((topic, key) => shared.told(topic, key) && changed());
  topics.onTaken((topic, items) => {
    shared.taken(topic, items);
    changed();
  });
}

class SharedTopics implements Subject {
  readonly name = 'topics';
  readonly #topics: Topics;
  readonly #clock: Clock;
  readonly #isFace: boolean;
  /** Keys of this gateway, and items of partners, that the others have not been told. */
  #fresh = new Map<string, Set<string>>();
  #heard = new Map<string, string[]>();
  /** What the face needs when it starts anew. */
  readonly #recent = new RecentKeys();
  #isPassingOn = false;

  constructor(topics: Topics, clock: Clock, isFace: boolean) {
    this.#topics = topics;
    this.#clock = clock;
    this.#isFace = isFace;
  }

  /** @returns whether it is news for the others */
  told(topic: string, key: string): boolean {
    if (this.#isPassingOn) return false;
    const keys = this.#fresh.get(topic);
    if (keys) keys.add(key);
    else this.#fresh.set(topic, new Set([key]));
    this.#recent.note([topic, key], this.#clock.now());
    return true;
  }

  taken(topic: string, items: readonly string[]): void {
    this.#heard.set(topic, [...(this.#heard.get(topic) ?? []), ...items]);
  }

  news(): ToldTopics | undefined {
    if (this.#fresh.size === 0 && this.#heard.size === 0) return undefined;
    const keys = [...this.#fresh].flatMap(([topic, of]) => Array.from(of, (key): TopicKey => [topic, key]));
    const told = { own: this.#itemsOf(keys), partners: Object.fromEntries(this.#heard) };
    this.#fresh = new Map();
    this.#heard = new Map();
    return told;
  }

  all(): ToldTopics {
    return { own: this.#itemsOf(this.#recent.since(this.#clock.now() - RECENT_MS)), partners: {} };
  }

  take(told: unknown): void {
    const { own, partners } = told as ToldTopics;
    this.#topics.take(partners, 'worker');
    for (const [topic, items] of Object.entries(own)) {
      this.#topics.take({ [topic]: items.map(([, item]) => item) }, 'worker');
      if (this.#isFace) this.#passOn(topic, items);
    }
  }

  /** To the partners; the other workers know. */
  #passOn(topic: string, items: ToldTopics['own'][string]): void {
    this.#isPassingOn = true;
    for (const [key] of items) this.#topics.tell(topic, key);
    this.#isPassingOn = false;
  }

  #itemsOf(keys: Iterable<TopicKey>): ToldTopics['own'] {
    const own: Record<string, [string, string][]> = {};
    for (const [topic, key] of keys) {
      const item = this.#topics.look(topic, key);
      if (item !== undefined) (own[topic] ??= []).push([key, item]);
    }
    return own;
  }
}

type TopicKey = [topic: string, key: string];

/** Those told last, with when. */
class RecentKeys {
  /** `TOPIC KEY`, in the order of time. */
  readonly #toldAt = new Map<string, number>();

  note([topic, key]: TopicKey, now: number): void {
    const name = `${topic} ${key}`;
    this.#toldAt.delete(name);
    this.#toldAt.set(name, now);
    if (this.#toldAt.size > MOST_RECENT) this.#toldAt.delete(this.#toldAt.keys().next().value!);
  }

  *since(time: number): Iterable<TopicKey> {
    for (const [name, at] of this.#toldAt)
      if (at >= time) yield [name.slice(0, name.indexOf(' ')), name.slice(name.indexOf(' ') + 1)];
  }
}
