/**
 * What a worker learns (recipients, bans, senders, examples, holds) is told to the others at once, in the form in which partners
 * tell it to each other. The face passes on to the partners what the others learn, and to the others what partners tell.
 */
import type { Topics } from '../../platform/topics.ts';
import type { Clock } from '../../platform/time/clock.ts';
import type { Sibling } from './siblings.ts';
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
  let fresh = new Map<string, Set<string>>();
  let heard = new Map<string, string[]>();
  /** What the face needs when it starts anew. */
  const recent = new RecentKeys();
  let isPassingOn = false;

  const itemsOf = (keys: Iterable<TopicKey>): ToldTopics['own'] => {
    const own: Record<string, [string, string][]> = {};
    for (const [topic, key] of keys) {
      const item = topics.look(topic, key);
      if (item !== undefined) (own[topic] ??= []).push([key, item]);
    }
    return own;
  };
  const changed = siblings.add({
    name: 'topics',
    news(): ToldTopics | undefined {
      if (fresh.size === 0 && heard.size === 0) return undefined;
      const told = {
        own: itemsOf(
          [...fresh].flatMap(([topic, keys]) => Array.from(keys, (key): TopicKey => [topic, key])),
        ),
        partners: Object.fromEntries(heard),
      };
      fresh = new Map();
      heard = new Map();
      return told;
    },
    all: (): ToldTopics => ({ own: itemsOf(recent.since(clock.now() - RECENT_MS)), partners: {} }),
    take(told) {
      const { own, partners } = told as ToldTopics;
      topics.take(partners, 'worker');
      for (const [topic, items] of Object.entries(own)) {
        topics.take({ [topic]: items.map(([, item]) => item) }, 'worker');
        if (isFace(slot))
          passOn(
            topic,
            items.map(([key]) => key),
          );
      }
    },
  });

  /** To the partners; the other workers know. */
  function passOn(topic: string, keys: readonly string[]): void {
    isPassingOn = true;
    for (const key of keys) topics.tell(topic, key);
    isPassingOn = false;
  }

  topics.onTold((topic, key) => {
    if (isPassingOn) return;
    const keys = fresh.get(topic);
    if (keys) keys.add(key);
    else fresh.set(topic, new Set([key]));
    recent.note([topic, key], clock.now());
    changed();
  });
  topics.onTaken((topic, items) => {
    heard.set(topic, [...(heard.get(topic) ?? []), ...items]);
    changed();
  });
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
