/**
 * Senders that were asked to come back and those that did: kept over restarts, shared with the partners, so that mail which
 * comes back to the other MX is taken there. What is kept are digests and times, not addresses. Bounded: the one that was
 * set the longest ago goes first.
 */
import { createHash } from 'node:crypto';
import type { Clock } from '../system/clock.ts';
import { openKeptMap } from '../system/kept-map.ts';
import { formatSighting, merge, parseSighting, type Sighting } from './sighting.ts';

export interface GreylistRules {
  readonly delayMs: number;
  /** Within which mail must come back. */
  readonly windowMs: number;
  /** How long a sender that came back is known. */
  readonly keepMs: number;
}

export interface GreylistParts {
  readonly path: string;
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

const MOST = 200_000;
/** A sender that delivers all the time is not written down each time. */
const LEARN_AGAIN_MS = 24 * 3_600_000;
/** Of a message to many recipients some tell it well enough. */
const MOST_RECIPIENTS = 10;

export function openGreylist({ path, rules, clock, onFault }: GreylistParts): Greylist {
  const kept = openKeptMap<Sighting>({
    path,
    most: MOST,
    format: formatSighting,
    parse: parseSighting,
    onFault,
  });
  const listeners: ((key: string) => void)[] = [];

  function set(key: string, sighting: Sighting): void {
    kept.set(key, sighting);
    for (const listener of listeners) listener(key);
  }

  const lastsMs = ({ kind }: Sighting): number => (kind === 'learnt' ? rules().keepMs : rules().windowMs);

  function current(key: string): Sighting | undefined {
    const sighting = kept.get(key);
    return sighting && clock.now() - sighting.at < lastsMs(sighting) ? sighting : undefined;
  }

  return {
    standing(of) {
      const now = clock.now();
      if (current(originKey(of.origin))) return { standing: 'learnt', ripeAt: now };
      const seen = messageKeys(of).map((key) => current(key)?.at);
      // Where a recipient is new the message is.
      if (seen.some((at) => at === undefined)) return { standing: 'new', ripeAt: now + rules().delayMs };
      const ripeAt = Math.max(...(seen as number[])) + rules().delayMs;
      return { standing: ripeAt <= now ? 'ripe' : 'early', ripeAt };
    },
    deferred(of) {
      for (const key of messageKeys(of)) if (!current(key)) set(key, { kind: 'seen', at: clock.now() });
    },
    taken(origin) {
      const key = originKey(origin);
      const known = current(key);
      if (!known || clock.now() - known.at >= LEARN_AGAIN_MS) set(key, { kind: 'learnt', at: clock.now() });
    },
    onChange: (listener) => void listeners.push(listener),
    look(key) {
      const sighting = current(key);
      return sighting && formatSighting(key, sighting);
    },
    all: () => kept.keys(),
    take(items) {
      const now = clock.now();
      let news = 0;
      for (const item of items) {
        const [key, told] = parseSighting(item) ?? [];
        if (key === undefined || told === undefined || now - told.at >= lastsMs(told)) continue;
        const own = current(key);
        const merged = own ? merge(own, told) : told;
        if (own?.kind === merged.kind && own.at === merged.at) continue;
        kept.set(key, merged);
        news += 1;
      }
      return news;
    },
    close: () => kept.close(),
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
