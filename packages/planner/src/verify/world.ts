/**
 * The observations that the checks read. A look-up has one of three states: the records, their absence, or
 * unknown. A check draws no conclusion from an unknown look-up. Pure.
 *
 * A look-up that has not been made is unknown and is recorded as wanted. `collect` runs the checks, makes the
 * wanted look-ups, and repeats this until nothing new is wanted.
 */
import type { X509Certificate } from 'node:crypto';
import type { DnsRecord, DnsType } from '@mailpair/shared/platform/dns/dns-message';
import type { DnsQuestion } from '@mailpair/shared/platform/dns/dns-exchange';

export type Lookup<T extends DnsType = DnsType> =
  | {
      readonly kind: 'records';
      readonly records: readonly DnsRecord<T>[];
      /** Signed, or authenticated by a validating resolver. */
      readonly secure: boolean;
      /** From an authoritative server, so the TTL is the original one. */
      readonly authoritative: boolean;
    }
  /** The name has a CNAME. */
  | { readonly kind: 'alias'; readonly record: DnsRecord<'CNAME'> }
  | { readonly kind: 'none'; readonly nameExists: boolean }
  | { readonly kind: 'unknown'; readonly why: string };

/** The answer of one server, or the fact that it does not serve the zone that it is a name server of. */
export interface Answer {
  /** Name and address: `ns1.example.com (192.0.2.53:53)`. */
  readonly server: string;
  readonly lookup: Lookup | { readonly kind: 'lame'; readonly zone: string; readonly why: string };
}

/** The observation of port 25 at one address of an MX host. */
export type Door =
  | { readonly kind: 'unknown'; readonly why: string }
  /** This machine has no route to the address family, so nothing is known about the host. */
  | { readonly kind: 'no-route' }
  | {
      readonly kind: 'answered';
      readonly greeting: { readonly code: number; readonly text: string };
      readonly tls:
        | { readonly kind: 'not-asked' | 'not-offered' }
        | { readonly kind: 'failed'; readonly why: string }
        | {
            readonly kind: 'done';
            /** The certificate of the host first, then the issuers. */
            readonly chain: readonly X509Certificate[];
            /** Why the certificate is not publicly trusted; null if it is. */
            readonly distrust: string | null;
          };
    };

export interface DoorQuestion {
  readonly host: string;
  readonly address: string;
}

/** The result of fetching https://mta-sts.DOMAIN/.well-known/mta-sts.txt. */
export type PolicyAnswer =
  | { readonly kind: 'unknown'; readonly why: string }
  /** The server responds, but not with a valid policy. */
  | { readonly kind: 'refused'; readonly why: string }
  | { readonly kind: 'text'; readonly text: string };

export interface Facts {
  readonly answers: Map<string, { readonly question: DnsQuestion; readonly answers: readonly Answer[] }>;
  readonly doors: Map<string, DoorQuestion & { readonly door: Door }>;
  readonly policies: Map<string, PolicyAnswer>;
}

export interface PolicyQuestion {
  readonly domain: string;
  /** The addresses of the host that serves the policy. */
  readonly addresses: readonly string[];
}

export const noFacts = (): Facts => ({ answers: new Map(), doors: new Map(), policies: new Map() });

export const keyOf = ({ name, type }: DnsQuestion): string => `${type} ${name}`;
export const doorKey = ({ host, address }: DoorQuestion): string => `${host} ${address}`;

export interface World {
  lookup<T extends DnsType>(name: string, type: T): Lookup<T>;
  door(host: string, address: string): Door;
  policy(question: PolicyQuestion): PolicyAnswer;
  /** Every question so far with the answers of all servers. */
  readonly asked: Facts['answers'];
}

export interface Wanted {
  readonly questions: Map<string, DnsQuestion>;
  readonly doors: Map<string, DoorQuestion>;
  readonly policies: Map<string, PolicyQuestion>;
}

const notAsked = { kind: 'unknown', why: 'not asked yet' } as const;

export function viewWorld(facts: Facts): { readonly world: World; readonly wanted: Wanted } {
  const wanted: Wanted = { questions: new Map(), doors: new Map(), policies: new Map() };
  const world: World = {
    lookup<T extends DnsType>(name: string, type: T): Lookup<T> {
      const key = keyOf({ name, type });
      const known = facts.answers.get(key);
      if (known) return agree(known.answers) as Lookup<T>;
      wanted.questions.set(key, { name, type });
      return notAsked;
    },
    door(host, address) {
      const known = facts.doors.get(doorKey({ host, address }));
      if (!known) wanted.doors.set(doorKey({ host, address }), { host, address });
      return known?.door ?? notAsked;
    },
    policy(question) {
      const known = facts.policies.get(question.domain);
      if (!known) wanted.policies.set(question.domain, question);
      return known ?? notAsked;
    },
    asked: facts.answers,
  };
  return { world, wanted };
}

/** The first known answer. A difference between the servers is a finding of its own. */
function agree(answers: readonly Answer[]): Lookup {
  let why = 'no server answers for it';
  for (const { lookup } of answers) {
    if (lookup.kind === 'unknown') why = lookup.why;
    else if (lookup.kind !== 'lame') return lookup;
  }
  return { kind: 'unknown', why };
}
