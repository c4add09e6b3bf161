/**
 * Senders that were asked to come back and those that did: kept over restarts, shared with the partners, so that mail which
 * comes back to the other MX is taken there. What is kept are digests and times, not addresses. Bounded, each kind by itself:
 * who sends from ever new origins makes messages forgotten that wait, but no sender that came back.
 */
import { createHash } from 'node:crypto';
import { join } from 'node:path';
import type { Clock } from '../../platform/time/clock.ts';
import { openKeptMap, type KeptMap } from '../../platform/maps/kept-map.ts';
import { formatSighting, merge, parseSighting, type Sighting } from './sighting.ts';

export interface GreylistRules {
  readonly delayMs: number;
  /** Within which mail must come back. */
  readonly windowMs: number;
  /** How long a sender that came back is known. */
  readonly keepMs: number;
}

export interface GreylistParts {
  readonly directory: string;
  /** False where another process writes there. */
  readonly keeps?: boolean;
  rules(): GreylistRules;
  readonly clock: Clock;
  onFault(error: Error): void;
}

/** One message, as it can be known again. */
export interface Attempted {
  readonly origin: string;
  readonly reversePath: string;
  /** In the form of `recipientKey`. */
  readonly recipients: readonly string[];
}

export interface Greylist {
  standing(of: Attempted): {
    readonly standing: 'learnt' | 'ripe' | 'early' | 'new';
    readonly ripeAt: number;
  };
  /** It was asked to come back. */
  deferred(of: Attempted): void;
  /** Mail of the origin was taken that had been asked to come back, or that is known already. */
  taken(origin: string): void;
  /** Calls with the key of what is new here from now on. */
  onChange(listener: (key: string) => void): void;
  /** As a topic of what partners tell each other. */
  look(key: string): string | undefined;
  all(): Iterable<string>;
  take(items: readonly string[]): number;
  close(): Promise<void>;
}

const MOST = { seen: 100_000, learnt: 100_000 };
/** A sender that delivers all the time is not written down each time. */
const LEARN_AGAIN_MS = 24 * 3_600_000;
/** Of a message to many recipients some tell it well enough. */
const MOST_RECIPIENTS = 10;

export const openGreylist = (parts: GreylistParts): Greylist => new KeptGreylist(parts);

type Kind = Sighting['kind'];

class KeptGreylist implements Greylist {
  readonly #rules: () => GreylistRules;
  readonly #clock: Clock;
  readonly #kept: Readonly<Record<Kind, KeptMap<Sighting>>>;
  readonly #listeners: ((key: string) => void)[] = [];

  constructor({ directory, keeps = true, rules, clock, onFault }: GreylistParts) {
    const keep = (kind: Kind): KeptMap<Sighting> =>
      openKeptMap({
        path: join(directory, `greylist-${kind}.journal`),
        keeps,
        most: MOST[kind],
        format: formatSighting,
        parse: parseSighting,
        onFault,
      });
    this.#rules = rules;
    this.#clock = clock;
    this.#kept = { seen: keep('seen'), learnt: keep('learnt') };
  }

  #lastsMs(kind: Kind): number {
    return kind === 'seen' ? this.#rules().windowMs : this.#rules().keepMs;
  }

  /** The time it has, unless that is over. */
  #at(kind: Kind, key: string): number | undefined {
    const sighting = this.#kept[kind].get(key);
    return sighting && this.#clock.now() - sighting.at < this.#lastsMs(kind) ? sighting.at : undefined;
  }

  #note(kind: Kind, key: string): void {
    this.#kept[kind].set(key, { kind, at: this.#clock.now() });
    for (const listener of this.#listeners) listener(key);
  }

  standing(of: Attempted): ReturnType<Greylist['standing']> {
    const now = this.#clock.now();
    if (this.#at('learnt', originKey(of.origin)) !== undefined) return { standing: 'learnt', ripeAt: now };
    const seen = messageKeys(of).map((key) => this.#at('seen', key));
    // Where a recipient is new the message is.
    if (seen.some((time) => time === undefined))
      return { standing: 'new', ripeAt: now + this.#rules().delayMs };
    const ripeAt = Math.max(...(seen as number[])) + this.#rules().delayMs;
    return { standing: ripeAt <= now ? 'ripe' : 'early', ripeAt };
  }

  deferred(of: Attempted): void {
    for (const key of messageKeys(of)) if (this.#at('seen', key) === undefined) this.#note('seen', key);
  }

  taken(origin: string): void {
    const key = originKey(origin);
    const known = this.#at('learnt', key);
    if (known === undefined || this.#clock.now() - known >= LEARN_AGAIN_MS) this.#note('learnt', key);
  }

  onChange(listener: (key: string) => void): void {
    this.#listeners.push(listener);
  }

  look(key: string): string | undefined {
    for (const kind of ['learnt', 'seen'] as const) {
      const time = this.#at(kind, key);
      if (time !== undefined) return formatSighting(key, { kind, at: time });
    }
    return undefined;
  }

  *all(): Iterable<string> {
    yield* this.#kept.seen.keys();
    yield* this.#kept.learnt.keys();
  }

  take(items: readonly string[]): number {
    let news = 0;
    for (const item of items) {
      const [key, told] = parseSighting(item) ?? [];
      if (key === undefined || told === undefined || this.#clock.now() - told.at >= this.#lastsMs(told.kind))
        continue;
      const own = this.#at(told.kind, key);
      const merged = own === undefined ? told : merge({ kind: told.kind, at: own }, told);
      if (merged.at === own) continue;
      this.#kept[told.kind].set(key, merged);
      news += 1;
    }
    return news;
  }

  async close(): Promise<void> {
    await Promise.all([this.#kept.seen.close(), this.#kept.learnt.close()]);
  }
}

const digest = (...parts: readonly string[]): string =>
  createHash('sha256').update(parts.join('\0')).digest('base64url').slice(0, 22);

const originKey = (origin: string): string => digest('origin', origin);

const messageKeys = ({ origin, reversePath, recipients }: Attempted): string[] =>
  recipients
    .toSorted()
    .slice(0, MOST_RECIPIENTS)
    .map((recipient) => digest('message', origin, reversePath.toLowerCase(), recipient));
