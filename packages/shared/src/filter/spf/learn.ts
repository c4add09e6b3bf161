/**
 * SPF (RFC 7208), evaluated by mailauth: whether the client may send for the domain of the reverse-path, or for the
 * domain of HELO if the reverse-path is null. A fault of DNS gives `temperror`, never `fail`. SPF is evaluated for
 * strangers only.
 */
import type { spf } from 'mailauth/lib/spf/index.js';
import { normaliseDomain } from '../../platform/values/address.ts';
import type { SpfFacts, SpfLearnable } from './facts.ts';
import type { Inquiry, LearnerOf } from '../contract/learner.ts';
import { askBy, type AuthenticationDns } from '../dkim-dmarc-arc/ask-dns.ts';

export interface SpfParts {
  readonly resolver: AuthenticationDns;
  /** Our host name, the `r` of its macros. */
  readonly host: string;
  /** Not of this site: only those are asked about. */
  isStranger(address: string): boolean;
  /** How long DNS is waited for, which leaves room in the time budget. */
  patienceMs(): number;
}

/** The most terms of a record that ask DNS; a record with more is a `permerror` (RFC 7208 §4.6.4). */
const MAX_LOOKUPS = 10;
/** The most look-ups without an answer; a record with more is a `permerror` (RFC 7208 §4.6.4). */
const MAX_VOID_LOOKUPS = 2;
/** Texts of strangers are cut after this many characters. */
const CHARACTERS = 500;

export function spfLearner({
  resolver,
  host,
  isStranger,
  patienceMs,
}: SpfParts): LearnerOf<SpfLearnable, 'spf'> {
  const ask = askBy(resolver);
  let library: Promise<{ readonly spf: typeof spf }> | undefined;
  return {
    name: 'spf',
    stage: 'sender',
    roles: ['mx'],
    async learn({ session, envelope }: Inquiry) {
      if (session.trusted || !isStranger(session.client.address)) return undefined;
      library ??= import('mailauth/lib/spf/index.js');
      const found = await (
        await library
      ).spf({
        sender: envelope.reversePath,
        ip: session.client.address,
        helo: session.helo,
        mta: host,
        resolver: ask,
        strict: true,
        maxResolveCount: MAX_LOOKUPS,
        maxVoidCount: MAX_VOID_LOOKUPS,
        maxElapsedTime: patienceMs(),
      });
      return spfFactsOf(found, envelope.reversePath);
    },
  };
}

function spfFactsOf(
  { status, domain, explanation }: Awaited<ReturnType<typeof spf>>,
  reversePath: string,
): SpfFacts {
  const result = status.result as SpfFacts['result'];
  return {
    result,
    domain: normaliseDomain(domain).slice(0, CHARACTERS),
    identity: reversePath === '' ? 'helo' : 'mailfrom',
    ...(result.endsWith('error') && { reason: reasonIn(status.comment) }),
    ...(explanation !== undefined && { explanation: explanation.slice(0, CHARACTERS) }),
  };
}

/** What is behind mailauth's own words and the address. */
function reasonIn(comment: unknown): string {
  const text = typeof comment === 'string' ? comment : '';
  return (
    text
      .replace(/^.* during lookup of [^ ]*/, '')
      .trim()
      .slice(0, CHARACTERS) || 'not said'
  );
}
