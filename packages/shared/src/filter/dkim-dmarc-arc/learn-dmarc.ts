/**
 * DMARC (RFC 9989) of all authors of a message, by mailauth: each domain that From names is asked, and the strictest of what they
 * ask for counts. RFC 7489 §6.6.1 leaves the choice of what follows from several. Where nobody can say whose message it is, that is
 * `permerror`, unless one of the domains asks for more.
 */
import type { DKIMResult } from 'mailauth';
import type { evaluateDmarc } from 'mailauth/lib/dmarc/index.js';
import { normaliseDomain } from '../../platform/values/address.ts';
import type { DkimSignature, DmarcFacts, DmarcPolicy, SpfProof } from './facts.ts';
import type { AskDns } from './ask-dns.ts';
import type { SectionAuthors } from './section-authors.ts';

type Evaluate = typeof evaluateDmarc;

/** What may prove an author. */
export interface Proofs {
  readonly dkim: readonly DkimSignature[];
  readonly results: readonly DKIMResult[];
  readonly spf: Pick<SpfProof, 'result' | 'domain'>;
}

/** Texts of strangers are cut after this. */
const CHARACTERS = 300;

let library: Promise<{ readonly evaluateDmarc: Evaluate }> | undefined;

export async function dmarcOf(authors: SectionAuthors, ask: AskDns, proofs: Proofs): Promise<DmarcFacts> {
  const { domains, undecided } = authors;
  const { evaluateDmarc: evaluate } = await (library ??= import('mailauth/lib/dmarc/index.js'));
  const all = await Promise.all(domains.map((domain) => dmarcOfDomain(domain, evaluate, ask, proofs)));
  const [strictest] = all.toSorted((a, b) => strictnessOf(b) - strictnessOf(a));
  if (strictest && strictnessOf(strictest) >= REFUSED) return strictest;
  if (undecided) return permerror(undecided);
  if (!strictest) return permerror('no-author-domain');
  return all.length === 1 || strictest.result === 'temperror'
    ? strictest
    : permerror('multiple-author-domains');
}

const permerror = (reason: string): DmarcFacts => ({ result: 'permerror', domain: '', aligned: [], reason });

const REFUSED = 4;

function strictnessOf({ result, policy = 'none' }: DmarcFacts): number {
  if (result === 'fail') return { none: 2, quarantine: REFUSED, reject: REFUSED + 1 }[policy];
  return { pass: 0, none: 1, permerror: 1, temperror: 3 }[result];
}

async function dmarcOfDomain(
  domain: string,
  evaluate: Evaluate,
  ask: AskDns,
  { dkim, results, spf }: Proofs,
): Promise<DmarcFacts> {
  const of = (...counted: readonly string[]): Promise<Awaited<ReturnType<Evaluate>>> =>
    evaluate({
      headerFrom: [`author@${domain}`],
      fromFields: 1,
      spfDomains: counted.includes(spf.result) ? [spf.domain] : [],
      dkimDomains: dkim
        .map((each, i) => ({ domain: each.domain, result: each.result, id: results[i]?.id }))
        .filter(({ result }) => counted.includes(result)),
      resolver: ask,
      strict: true,
    } as Parameters<Evaluate>[0]);
  const { response, reason } = await of('pass');
  if (!response) return permerror(reason ?? 'no-author-domain');
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
