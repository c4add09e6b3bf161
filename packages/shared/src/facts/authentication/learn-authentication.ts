/**
 * Who is proven to stand behind a message: its DKIM signatures, its ARC chain, and DMARC for the domain of From (RFC 9989),
 * by mailauth. Where an identity that would align could not be learnt, the message does not fail DMARC: that is `temperror`.
 * Only strangers are asked about.
 */
import type { DKIMResult } from 'mailauth';
import type { evaluateDmarc } from 'mailauth/lib/dmarc/index.js';
import { domainOf, normaliseDomain } from '../../values/address.ts';
import {
  HEADER_TOO_LONG,
  type ArcFacts,
  type AuthenticationFacts,
  type DkimResult,
  type DkimSignature,
  type DmarcFacts,
  type DmarcPolicy,
  type SpfFacts,
} from '../../values/facts-of-authentication.ts';
import { mailboxesIn } from '../content/addresses.ts';
import { decodeText } from '../content/charset.ts';
import type { Inquiry, Learner } from '../learner.ts';
import { askBy, type AskDns, type AuthenticationDns } from './ask-dns.ts';
import { headerSectionOf, valueOf, type Field, type HeaderSection } from './header-section.ts';
import { listIn, verifySignatures, type Signatures } from './verify-signatures.ts';

type Evaluate = typeof evaluateDmarc;

/** Texts of strangers are cut after this. */
const CHARACTERS = 300;
const AUTHORS = 10;
/** No more of From is looked at for what it shows. */
const FIELD_CHARACTERS = 4_096;

export interface AuthenticationParts {
  readonly resolver: AuthenticationDns;
  /** Not of this site: only those are asked about. */
  isStranger(address: string): boolean;
}

export function authenticationLearner({
  resolver,
  isStranger,
}: AuthenticationParts): Learner<'authentication'> {
  const ask = askBy(resolver);
  let library: Promise<{ readonly evaluateDmarc: Evaluate }> | undefined;
  return {
    name: 'authentication',
    stage: 'message',
    roles: ['mx'],
    async learn(inquiry: Inquiry): Promise<AuthenticationFacts | undefined> {
      const { session, message, at, signal, envelope } = inquiry;
      if (!message || session.trusted || !isStranger(session.client.address)) return undefined;
      const section = await headerSectionOf(message.body);
      const [signatures, spf] = await Promise.all([
        verifySignatures(message.body, section, { resolver: ask, at, signal: signal() }),
        spfIn(inquiry, envelope.reversePath || session.helo),
      ]);
      const { evaluateDmarc: evaluate } = await (library ??= import('mailauth/lib/dmarc/index.js'));
      const list = listIn(section.fields);
      const dkim = signatures.dkim.map(dkimFactsOf);
      return {
        dkim,
        dmarc: unlessCut(section, await dmarcFactsOf(evaluate, ask, signatures, dkim, spf)),
        arc: arcFactsOf(signatures),
        from: mailboxesOf(section.fields),
        ...(list !== undefined && { list }),
      };
    },
  };
}

/** As a reader sees them. */
const mailboxesOf = (fields: readonly Field[]): AuthenticationFacts['from'] =>
  fields
    .filter(({ name }) => name === 'from')
    .flatMap((field) =>
      mailboxesIn(
        decodeText(Buffer.from(valueOf(field).slice(0, FIELD_CHARACTERS), 'latin1'), '').text,
        AUTHORS,
      ),
    )
    .slice(0, AUTHORS)
    .map(({ name, address }) => ({ name: name.slice(0, CHARACTERS), address: address.slice(0, CHARACTERS) }));

/** A From that nobody looked for far enough is no From that is missing. */
const unlessCut = ({ contentAt }: HeaderSection, dmarc: DmarcFacts): DmarcFacts =>
  contentAt === undefined && dmarc.result === 'permerror' ? { ...dmarc, reason: HEADER_TOO_LONG } : dmarc;

/** What could not be learnt might have been a pass. */
async function spfIn(inquiry: Inquiry, identity: string): Promise<Pick<SpfFacts, 'result' | 'domain'>> {
  const fact = await inquiry.fact('spf');
  if (fact?.kind === 'known') return fact.value;
  return {
    result: fact ? 'temperror' : 'none',
    domain: identity.includes('@') ? domainOf(identity) : identity,
  };
}

function dkimFactsOf({ status, signingDomain, selector, algo, ...rest }: DKIMResult): DkimSignature {
  const { comment, policy } = status as { comment?: unknown; policy?: Record<string, string> };
  const reason = typeof comment === 'string' ? comment : policy && Object.values(policy).join(', ');
  const uncovered = (status as { underSized?: number }).underSized;
  return {
    result: status.result as DkimResult,
    domain: normaliseDomain(signingDomain ?? '').slice(0, CHARACTERS),
    selector: (selector ?? '').slice(0, CHARACTERS),
    algorithm: (algo ?? '').slice(0, 40),
    b: (rest.signature ?? '').replace(/\s+/g, '').slice(0, 8),
    ...(reason !== undefined && { reason: reason.slice(0, CHARACTERS) }),
    ...(uncovered !== undefined && { uncoveredBytes: uncovered }),
  };
}

async function dmarcFactsOf(
  evaluate: Evaluate,
  ask: AskDns,
  { from, fromFields, dkim: results }: Signatures,
  dkim: readonly DkimSignature[],
  spf: Pick<SpfFacts, 'result' | 'domain'>,
): Promise<DmarcFacts> {
  const of = (...counted: readonly string[]): Promise<Awaited<ReturnType<Evaluate>>> =>
    evaluate({
      headerFrom: from.slice(0, AUTHORS),
      fromFields,
      spfDomains: counted.includes(spf.result) ? [spf.domain] : [],
      dkimDomains: dkim
        .map(({ domain, result }, i) => ({ domain, result, id: results[i]?.id }))
        .filter(({ result }) => counted.includes(result)),
      resolver: ask,
      strict: true,
    } as Parameters<Evaluate>[0]);
  const { response, reason } = await of('pass');
  if (!response)
    return { result: 'permerror', domain: '', aligned: [], reason: reason ?? 'no domain in From' };
  const facts = factsOf(response);
  const inDoubt = [spf.result, ...dkim.map(({ result }) => result)].includes('temperror');
  if (facts.result !== 'fail' || !inDoubt) return facts;
  const { response: hopeful } = await of('pass', 'temperror');
  if (!hopeful || (hopeful.status.result as string) === 'fail') return facts;
  return { ...facts, result: 'temperror', reason: 'SPF or DKIM could not be learnt' };
}

type Whole = Exclude<Awaited<ReturnType<Evaluate>>['response'], false>;
/** What is there depends on how far it came. */
type Response = Pick<Whole, 'status' | 'domain' | 'policyDomain' | 'rr' | 'testMode'> &
  Partial<Pick<Whole, 'policy' | 'p' | 'alignment'>> & { readonly error?: string };

function factsOf(response: Response): DmarcFacts {
  const { status, policy, alignment, error } = response;
  const result = status.result as DmarcFacts['result'] | 'neutral';
  const domain = (status as { header?: { from?: string } }).header?.from ?? response.domain;
  const aligned = (['spf', 'dkim'] as const).filter((by) => alignment?.[by].result);
  return {
    result: result === 'neutral' ? 'none' : result,
    domain: normaliseDomain(domain).slice(0, CHARACTERS),
    ...(policy && { policy: policy as DmarcPolicy }),
    aligned,
    ...(response.p && { published: publishedIn(response) }),
    ...(error !== undefined && { reason: error.slice(0, CHARACTERS) }),
  };
}

function publishedIn(response: Response): NonNullable<DmarcFacts['published']> {
  const tags = new Map(
    (response.rr ?? '').split(';').map((tag) => {
      const [name = '', ...value] = tag.split('=');
      return [name.trim().toLowerCase(), value.join('=').trim()] as const;
    }),
  );
  const policyIn = (tag: string): DmarcPolicy | undefined =>
    (['none', 'quarantine', 'reject'] as const).find((each) => each === tags.get(tag)?.toLowerCase());
  const pct = Number.parseInt(tags.get('pct') ?? '100', 10);
  const [sp, np, rua] = [policyIn('sp'), policyIn('np'), tags.get('rua')];
  return {
    domain: normaliseDomain(response.policyDomain ?? response.domain),
    p: response.p as DmarcPolicy,
    ...(sp && { sp }),
    ...(np && { np }),
    adkim: response.alignment?.dkim.strict ? 's' : 'r',
    aspf: response.alignment?.spf.strict ? 's' : 'r',
    ...(response.testMode && { testing: true as const }),
    ...(pct >= 0 && pct < 100 && { pct }),
    ...(rua && { rua: rua.slice(0, 2 * CHARACTERS) }),
  };
}

function arcFactsOf({ arc, sets }: Signatures): ArcFacts {
  if (!arc) return { result: 'none', sealers: [], saw: [] };
  const { result, comment } = arc.status as { result: string; comment?: unknown };
  return {
    result: result === 'pass' ? 'pass' : 'fail',
    sealers: sets.map(({ sealer }) => normaliseDomain(sealer).slice(0, CHARACTERS)),
    saw: sets.map(({ saw }) => saw.slice(0, 4 * CHARACTERS)),
    ...(result !== 'pass' && {
      reason: (typeof comment === 'string' ? comment : 'not valid').slice(0, CHARACTERS),
    }),
  };
}
