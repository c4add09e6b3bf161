/** Reads an SPF record (RFC 7208 §4.6, §12). Pure. */
import { normaliseDomain } from '../platform/values/address.ts';
import { parseNetwork } from '../platform/network/addresses.ts';
import type { Network } from '../platform/network/addresses.ts';

export type Qualifier = '+' | '-' | '~' | '?';

export type SpfTerm =
  | { readonly kind: 'all'; readonly qualifier: Qualifier }
  | { readonly kind: 'network'; readonly qualifier: Qualifier; readonly network: Network }
  /** `domain` is absent for the domain of the record itself. */
  | {
      readonly kind: 'a' | 'mx';
      readonly qualifier: Qualifier;
      readonly domain?: string;
      readonly prefixes: { readonly 4: number; readonly 6: number };
    }
  | { readonly kind: 'include'; readonly qualifier: Qualifier; readonly domain: string }
  /** What only a delivery can decide. */
  | { readonly kind: 'exists' | 'ptr'; readonly qualifier: Qualifier };

export interface SpfRecord {
  readonly terms: readonly SpfTerm[];
  readonly redirect: string | null;
  /** Terms that make receivers give the record up (permerror). */
  readonly unreadable: readonly string[];
}

/** Whether a text is meant as an SPF record (RFC 7208 §4.5). */
export const isSpf = (text: string): boolean => /^v=spf1(?: |$)/i.test(text);

export function parseSpf(text: string): SpfRecord {
  const terms: SpfTerm[] = [];
  const unreadable: string[] = [];
  let redirect: string | null = null;
  for (const word of text.split(' ').slice(1)) {
    if (word === '') continue;
    const modifier = /^([a-z][a-z0-9._-]*)=(.*)$/i.exec(word);
    if (modifier) {
      if (modifier[1]?.toLowerCase() === 'redirect') redirect = normaliseDomain(modifier[2] ?? '');
      continue;
    }
    const term = parseTerm(word);
    if (term) terms.push(term);
    else unreadable.push(word);
  }
  return { terms, redirect, unreadable };
}

function parseTerm(word: string): SpfTerm | undefined {
  const match = /^([+?~-]?)([a-z0-9]+)(?::([^/]+(?:\/.*)?)|(\/.*))?$/i.exec(word);
  if (!match) return undefined;
  const [, sign, name = '', argument, lengths] = match;
  const qualifier = (sign || '+') as Qualifier;
  switch (name.toLowerCase()) {
    case 'all':
      return argument === undefined && lengths === undefined ? { kind: 'all', qualifier } : undefined;
    case 'ip4':
      return parseNetworkTerm(argument, 4, qualifier);
    case 'ip6':
      return parseNetworkTerm(argument, 6, qualifier);
    case 'a':
      return parseHostTerm('a', argument, lengths, qualifier);
    case 'mx':
      return parseHostTerm('mx', argument, lengths, qualifier);
    case 'include':
      return argument === undefined
        ? undefined
        : { kind: 'include', qualifier, domain: normaliseDomain(argument) };
    case 'exists':
      return argument === undefined ? undefined : { kind: 'exists', qualifier };
    case 'ptr':
      return { kind: 'ptr', qualifier };
    default:
      return undefined;
  }
}

function parseNetworkTerm(
  argument: string | undefined,
  family: 4 | 6,
  qualifier: Qualifier,
): SpfTerm | undefined {
  const network = argument === undefined ? undefined : parseNetwork(argument);
  return network?.family === family ? { kind: 'network', qualifier, network } : undefined;
}

/** `a`, `a:host`, `a/24`, `a:host/24//64` */
function parseHostTerm(
  kind: 'a' | 'mx',
  argument: string | undefined,
  lengths: string | undefined,
  qualifier: Qualifier,
): SpfTerm | undefined {
  const match = /^([^/]*?)(?:\/(\d{1,2}))?(?:\/\/(\d{1,3}))?$/.exec(argument ?? lengths ?? '');
  if (!match) return undefined;
  const prefixes = { 4: Number(match[2] ?? 32), 6: Number(match[3] ?? 128) };
  if (prefixes[4] > 32 || prefixes[6] > 128) return undefined;
  const domain = normaliseDomain(match[1] ?? '');
  return { kind, qualifier, prefixes, ...(domain !== '' && { domain }) };
}
