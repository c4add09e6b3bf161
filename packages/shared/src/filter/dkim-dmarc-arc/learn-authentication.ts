/**
 * Who is proven to stand behind a message: its DKIM signatures, its ARC chain, and DMARC for the domain of From (RFC 9989),
 * by mailauth. Where an identity that would align could not be learnt, the message does not fail DMARC: that is `temperror`.
 * Only strangers are asked about.
 */
import type { DKIMResult } from 'mailauth';
import { domainOf, normaliseDomain } from '../../platform/values/address.ts';
import type {
  ArcFacts,
  AuthenticationFacts,
  DkimResult,
  AuthenticationLearnable,
  DkimSignature,
  ProofLearnable,
  SpfProof,
} from './facts.ts';
import type { Inquiry, LearnerOf } from '../contract/learner.ts';
import { askBy, askWithin, type AuthenticationDns } from './ask-dns.ts';
import { headerSectionOf, type HeaderSection } from './header-section.ts';
import { dmarcOf } from './learn-dmarc.ts';
import { authorsOfSection } from './section-authors.ts';
import { listIn, verifySignatures, type Signatures } from './verify-signatures.ts';

type SpfRead = Pick<ProofLearnable, 'spf'>;

/** Texts of strangers are cut after this. */
const CHARACTERS = 300;

export interface AuthenticationParts {
  readonly resolver: AuthenticationDns;
  /** Not of this site: only those are asked about. */
  isStranger(address: string): boolean;
  /** How long DNS is waited for, which leaves room in the time budget; half of it for signatures, so that DMARC is asked for anyway. */
  patienceMs(): number;
}

export function authenticationLearner({
  resolver,
  isStranger,
  patienceMs,
}: AuthenticationParts): LearnerOf<AuthenticationLearnable, 'authentication', SpfRead> {
  const ask = askBy(resolver);
  return {
    name: 'authentication',
    stage: 'message',
    roles: ['mx'],
    async learn(inquiry: Inquiry<SpfRead>): Promise<AuthenticationFacts | undefined> {
      const { session, message, at, signal, envelope } = inquiry;
      if (!message || session.trusted || !isStranger(session.client.address)) return undefined;
      const [askForKeys, askForDmarc] = [askWithin(ask, patienceMs() / 2), askWithin(ask, patienceMs())];
      const section = await headerSectionOf(message.body);
      const [signatures, spf] = await Promise.all([
        verifySignatures(message.body, section, {
          resolver: askForKeys,
          owner: ask,
          at,
          signal: signal(),
        }),
        spfIn(inquiry, envelope.reversePath || session.helo),
      ]);
      const authors = authorsOfSection(section);
      const list = listIn(section.fields);
      const dkim = dkimOf(section, signatures);
      return {
        dkim,
        dmarc: await dmarcOf(authors, askForDmarc, { dkim, results: signatures.dkim, spf }),
        arc: arcFactsOf(signatures),
        from: authors.mailboxes,
        authorDomains: [...authors.domains, ...(authors.hasMoreDomains ? [''] : [])],
        ...(list !== undefined && { list }),
      };
    },
  };
}

/** What could not be learnt might have been a pass. */
async function spfIn(
  inquiry: Inquiry<SpfRead>,
  identity: string,
): Promise<Pick<SpfProof, 'result' | 'domain'>> {
  const fact = await inquiry.fact('spf');
  if (fact?.kind === 'known') return fact.value;
  return {
    result: fact ? 'temperror' : 'none',
    domain: identity.includes('@') ? domainOf(identity) : identity,
  };
}

/** Signatures that were not looked at are no absence of signatures (RFC 8601 §2.7.1). */
function dkimOf({ isSigned, contentAt }: HeaderSection, { dkim }: Signatures): readonly DkimSignature[] {
  if (dkim.length > 0 || !isSigned) return dkim.map(dkimFactsOf);
  const what = contentAt === undefined ? 'the header section is' : 'the signatures are';
  const none = { domain: '', selector: '', algorithm: '', b: '' };
  return [{ ...none, result: 'permerror', reason: `${what} longer than what is looked at` }];
}

function dkimFactsOf({ status, signingDomain, selector, algo, ...rest }: DKIMResult): DkimSignature {
  const { comment, policy } = status as { comment?: unknown; policy?: Record<string, string> };
  const reason = typeof comment === 'string' ? comment : policy && Object.values(policy).join(', ');
  const uncovered = uncoveredBy(status);
  const signature = {
    domain: normaliseDomain(signingDomain ?? '').slice(0, CHARACTERS),
    selector: (selector ?? '').slice(0, CHARACTERS),
    algorithm: (algo ?? '').slice(0, 40),
    b: (rest.signature ?? '').replace(/\s+/g, '').slice(0, 8),
    ...(uncovered !== undefined && { uncoveredBytes: uncovered }),
  };
  // Anybody may have written what is not covered (RFC 6376 §8.2), so the message is not what was signed.
  if (uncovered !== undefined && (status.result as string) === 'pass')
    return { ...signature, result: 'policy', reason: `l= leaves ${uncovered} octets of the body unsigned` };
  return {
    ...signature,
    result: status.result as DkimResult,
    ...(reason !== undefined && { reason: reason.slice(0, CHARACTERS) }),
  };
}

/** Octets of the body that a signature with `l=` leaves out. */
const uncoveredBy = (status: object): number | undefined => (status as { underSized?: number }).underSized;

function arcFactsOf({ arc, sets }: Signatures): ArcFacts {
  if (!arc) return { result: 'none', sealers: [], saw: [] };
  const { comment } = arc.status as { comment?: unknown };
  const holds = (arc.status.result as string) === 'pass';
  const isPartial = uncoveredBy((arc.signature || undefined)?.status ?? {}) !== undefined;
  const said = typeof comment === 'string' ? comment : 'not valid';
  return {
    result: holds && !isPartial ? 'pass' : 'fail',
    sealers: sets.map(({ sealer }) => normaliseDomain(sealer).slice(0, CHARACTERS)),
    saw: sets.map(({ saw }) => saw.slice(0, 4 * CHARACTERS)),
    ...(holds && isPartial && { reason: 'l= leaves octets of the body unsigned' }),
    ...(!holds && { reason: said.slice(0, CHARACTERS) }),
  };
}
