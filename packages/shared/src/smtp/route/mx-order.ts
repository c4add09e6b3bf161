/**
 * The order in which the mail exchangers of a domain are tried (RFC 5321 §5.1, RFC 7505).
 *
 * Lowest preference first, equal ones in random order. If this host is among them, it goes, and with it every
 * exchanger that is not better than it: mail must come nearer to its destination with every hop.
 */
import type { MxRecord } from '../../platform/dns/resolver.ts';
import type { Random } from '../../platform/values/random.ts';
import { normaliseDomain } from '../../platform/values/address.ts';

export interface MxOrderOptions {
  /** The names under which exchangers are this host. */
  readonly ownNames: readonly string[];
  readonly random: Random;
}

/**
 * Host names in lower-case A-labels, each once. `null-mx`: the domain takes no mail. `loops-back`: the best
 * exchanger is this host. Empty only when `records` is. A root exchange beside others is a mistake
 * (RFC 7505 §3) and passed over.
 */
export function orderMx(
  records: readonly MxRecord[],
  { ownNames, random }: MxOrderOptions,
): string[] | 'null-mx' | 'loops-back' {
  const named = records
    .map(({ exchange, preference }) => ({ exchange: normaliseDomain(exchange), preference }))
    .filter(({ exchange }) => exchange !== '');
  if (named.length === 0) return records.length > 0 ? 'null-mx' : [];

  const own = new Set(ownNames.map(normaliseDomain));
  const ownPreference = Math.min(
    ...named.filter(({ exchange }) => own.has(exchange)).map(({ preference }) => preference),
  );
  const nearer = named.filter(({ preference }) => preference < ownPreference);
  if (nearer.length === 0) return 'loops-back';

  const ordered = shuffle(nearer, random).sort((a, b) => a.preference - b.preference);
  return [...new Set(ordered.map(({ exchange }) => exchange))];
}

/** Fisher and Yates: every order equally likely. */
function shuffle<T>(items: readonly T[], random: Random): T[] {
  const shuffled = [...items];
  for (let last = shuffled.length - 1; last > 0; last--) {
    const chosen = Math.floor(random.next() * (last + 1));
    const item = shuffled[last] as T;
    shuffled[last] = shuffled[chosen] as T;
    shuffled[chosen] = item;
  }
  return shuffled;
}
