/** The Authenticated Received Chain that a message has (RFC 8617 §4.2), by its form only: nothing is verified. Pure. */
import { relaxedValue } from './header-fields.ts';
import type { HeaderField } from './header-fields.ts';

export interface ArcSet {
  readonly results: HeaderField;
  readonly signature: HeaderField;
  readonly seal: HeaderField;
}

export interface ArcChain {
  /** The highest instance seen; 0 when there is none. */
  readonly last: number;
  /** The sets from 1 to `last`; undefined when one is not whole, or there twice. */
  readonly sets: readonly ArcSet[] | undefined;
  /** What the last seal says of the chain before it. */
  readonly lastSays: string | undefined;
}

const parts = {
  'arc-authentication-results': 'results',
  'arc-message-signature': 'signature',
  'arc-seal': 'seal',
} as const;

/** §4.2.1. */
export const MAX_INSTANCE = 50;

export function readChain(fields: readonly HeaderField[]): ArcChain {
  const sets = new Map<number, Partial<Record<keyof ArcSet, HeaderField>>>();
  let sound = true;
  for (const field of fields) {
    const part = Object.hasOwn(parts, field.name) ? parts[field.name as keyof typeof parts] : undefined;
    if (!part) continue;
    const instance = instanceOf(field);
    const set = sets.get(instance) ?? {};
    if (instance < 1 || instance > MAX_INSTANCE || set[part]) sound = false;
    set[part] = field;
    sets.set(instance, set);
  }
  const last = Math.max(0, ...sets.keys());
  const whole = Array.from({ length: Math.min(last, MAX_INSTANCE) }, (_, index) => sets.get(index + 1) ?? {});
  const lastSeal = sets.get(last)?.seal;
  return {
    last,
    sets: sound && last <= MAX_INSTANCE && whole.every(isWhole) ? whole : undefined,
    lastSays: lastSeal && tagOf(lastSeal, 'cv'),
  };
}

const isWhole = (set: Partial<ArcSet>): set is ArcSet =>
  set.results !== undefined && set.signature !== undefined && set.seal !== undefined;

/** 0 when it says none. */
function instanceOf(field: HeaderField): number {
  const text = tagOf(field, 'i') ?? '';
  return /^\d{1,4}$/.test(text) ? Number(text) : 0;
}

function tagOf({ raw }: HeaderField, tag: string): string | undefined {
  for (const part of relaxedValue(raw).split(';')) {
    const [name = '', value = ''] = part.split('=', 2);
    if (name.trim() === tag) return value.trim().toLowerCase();
  }
  return undefined;
}
