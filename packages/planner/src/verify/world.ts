/**
 * What has been learned of the world, as the checks see it. A look-up is in one of three states: the records, their
 * absence, or that it is not known; a check says nothing about what is not known. Pure.
 *
 * What a check looks for and nobody has asked yet is not known either, and noted as wanted: whoever collects the
 * facts runs the checks, asks what they wanted, and runs them again until they want nothing more.
 */
import type { X509Certificate } from 'node:crypto';
import type { DnsRecord, DnsType } from '@mailpair/shared/platform/dns/dns-message';
import type { DnsQuestion } from '@mailpair/shared/platform/dns/dns-exchange';

export type Lookup<T extends DnsType = DnsType> =
  | {
      readonly kind: 'records';
      readonly records: readonly DnsRecord<T>[];
      /** Signed, or found authentic by a validating resolver. */
      readonly secure: boolean;
      /** From the zone's own server: the TTL is whole. */
      readonly authoritative: boolean;
    }
  /** The name has a CNAME. */
  | { readonly kind: 'alias'; readonly record: DnsRecord<'CNAME'> }
  | { readonly kind: 'none'; readonly nameExists: boolean }
  | { readonly kind: 'unknown'; readonly why: string };

/** What one server said, or that it does not serve the zone that it is named a server of. */
export interface Answer {
  /** Name and address, `ns1.example.com (192.0.2.53:53)`. */
  readonly server: string;
  readonly lookup: Lookup | { readonly kind: 'lame'; readonly zone: string; readonly why: string };
}

/** What stands behind port 25 of one address of an MX host. */
export type Door =
  | { readonly kind: 'unknown'; readonly why: string }
  /** This machine has no way to such addresses, so nothing was learned about the host. */
  | { readonly kind: 'no-route' }
  | {
      readonly kind: 'answered';
      readonly greeting: { readonly code: number; readonly text: string };
      readonly tls:
        | { readonly kind: 'not-asked' | 'not-offered' }
        | { readonly kind: 'failed'; readonly why: string }
        | {
            readonly kind: 'done';
            /** The host's own first, then those that vouch for it. */
            readonly chain: readonly X509Certificate[];
            /** Why public authorities do not vouch for it; null when they do. */
            readonly distrust: string | null;
          };
    };

export interface DoorQuestion {
  readonly host: string;
  readonly address: string;
}

/** What https://mta-sts.DOMAIN/.well-known/mta-sts.txt gives. */
export type PolicyAnswer =
  | { readonly kind: 'unknown'; readonly why: string }
  /** It answers, but no sender would take it for a policy. */
  | { readonly kind: 'refused'; readonly why: string }
  | { readonly kind: 'text'; readonly text: string };

export interface Facts {
  readonly answers: Map<string, { readonly question: DnsQuestion; readonly answers: readonly Answer[] }>;
  readonly doors: Map<string, DoorQuestion & { readonly door: Door }>;
  readonly policies: Map<string, PolicyAnswer>;
}

export interface PolicyQuestion {
  readonly domain: string;
  /** Of the host that serves it. */
  readonly addresses: readonly string[];
}

export const noFacts = (): Facts => ({ answers: new Map(), doors: new Map(), policies: new Map() });

export const keyOf = ({ name, type }: DnsQuestion): string => `${type} ${name}`;
export const doorKey = ({ host, address }: DoorQuestion): string => `${host} ${address}`;

export interface World {
  lookup<T extends DnsType>(name: string, type: T): Lookup<T>;
  door(host: string, address: string): Door;
  policy(question: PolicyQuestion): PolicyAnswer;
  /** Every question so far with what each server said. */
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

/** What the servers say: the first that knows. That they disagree is a finding of its own. */
function agree(answers: readonly Answer[]): Lookup {
  let why = 'no server answers for it';
  for (const { lookup } of answers) {
    if (lookup.kind === 'unknown') why = lookup.why;
    else if (lookup.kind !== 'lame') return lookup;
  }
  return { kind: 'unknown', why };
}
