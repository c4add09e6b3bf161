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

export function openGreylist({ directory, keeps = true, rules, clock, onFault }: GreylistParts): Greylist {
  const keep = (kind: Sighting['kind']): KeptMap<Sighting> =>
    openKeptMap({
      path: join(directory, `greylist-${kind}.journal`),
      keeps,
      most: MOST[kind],
      format: formatSighting,
      parse: parseSighting,
      onFault,
    });
  const kept = { seen: keep('seen'), learnt: keep('learnt') };
  const lastsMs = { seen: () => rules().windowMs, learnt: () => rules().keepMs };
  const listeners: ((key: string) => void)[] = [];

  /** The time it has, unless that is over. */
  function at(kind: Sighting['kind'], key: string): number | undefined {
    const sighting = kept[kind].get(key);
    return sighting && clock.now() - sighting.at < lastsMs[kind]() ? sighting.at : undefined;
  }

  function note(kind: Sighting['kind'], key: string): void {
    kept[kind].set(key, { kind, at: clock.now() });
    for (const listener of listeners) listener(key);
  }

  return {
    standing(of) {
      const now = clock.now();
      if (at('learnt', originKey(of.origin)) !== undefined) return { standing: 'learnt', ripeAt: now };
      const seen = messageKeys(of).map((key) => at('seen', key));
      // Where a recipient is new the message is.
      if (seen.some((time) => time === undefined)) return { standing: 'new', ripeAt: now + rules().delayMs };
      const ripeAt = Math.max(...(seen as number[])) + rules().delayMs;
      return { standing: ripeAt <= now ? 'ripe' : 'early', ripeAt };
    },
    deferred(of) {
      for (const key of messageKeys(of)) if (at('seen', key) === undefined) note('seen', key);
    },
    taken(origin) {
      const key = originKey(origin);
      const known = at('learnt', key);
      if (known === undefined || clock.now() - known >= LEARN_AGAIN_MS) note('learnt', key);
    },
    onChange: (listener) => void listeners.push(listener),
    look(key) {
      for (const kind of ['learnt', 'seen'] as const) {
        const time = at(kind, key);
        if (time !== undefined) return formatSighting(key, { kind, at: time });
      }
      return undefined;
    },
    *all() {
      yield* kept.seen.keys();
      yield* kept.learnt.keys();
    },
    take(items) {
      let news = 0;
      for (const item of items) {
        const [key, told] = parseSighting(item) ?? [];
        if (key === undefined || told === undefined || clock.now() - told.at >= lastsMs[told.kind]())
          continue;
        const own = at(told.kind, key);
        const merged = own === undefined ? told : merge({ kind: told.kind, at: own }, told);
        if (merged.at === own) continue;
        kept[told.kind].set(key, merged);
        news += 1;
      }
      return news;
    },
    async close() {
      await Promise.all([kept.seen.close(), kept.learnt.close()]);
    },
  };
}

const digest = (...parts: readonly string[]): string =>
  createHash('sha256').update(parts.join('\0')).digest('base64url').slice(0, 22);

const originKey = (origin: string): string => digest('origin', origin);

const messageKeys = ({ origin, reversePath, recipients }: Attempted): string[] =>
  recipients
    .toSorted()
    .slice(0, MOST_RECIPIENTS)
    .map((recipient) => digest('message', origin, reversePath.toLowerCase(), recipient));
